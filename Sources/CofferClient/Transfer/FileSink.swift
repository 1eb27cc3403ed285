import CofferModel
import CofferSigning
import Synchronization

/// A downloaded range, and its checksum.
struct DownloadedPiece: Sendable {
    let range: Range<Int64>
    /// The raw checksum; empty if none was requested.
    let checksum: [UInt8]
}

/// A sink that writes the bytes of a range into a file at their offset.
final class FileSink: BodySink {
    private let file: OpenFile
    private let range: Range<Int64>
    private let eTag: ETag
    private let algorithm: ChecksumAlgorithm?
    private let progress: @Sendable (Int64) -> Void
    private let state = Mutex(State())

    /// The bytes that are written at once: libcurl delivers 16 KiB at a time, and threads that write to one file wait
    /// for each other.
    private static let bufferByteCount = 512 << 10

    private struct State: ~Copyable {
        /// The bytes that have arrived, including those in the buffer.
        var byteCount: Int64 = 0
        var buffer: [UInt8] = []
        var running: RunningChecksum?
    }

    init(
        _ file: OpenFile, _ range: Range<Int64>, of eTag: ETag, _ algorithm: ChecksumAlgorithm?,
        _ progress: @escaping @Sendable (Int64) -> Void
    ) {
        self.file = file
        self.range = range
        self.eTag = eTag
        self.algorithm = algorithm
        self.progress = progress
    }

    var canBeginAgain: Bool { true }

    func begin(_ head: HTTPResponseHead) throws {
        guard ObjectInfo(head).has(range, of: eTag) else {
            throw TransportError(.badResponse, "the service returned another range or object than was requested")
        }
        state.withLock { state in
            state.byteCount = 0
            state.buffer.removeAll(keepingCapacity: true)
            state.buffer.reserveCapacity(min(Self.bufferByteCount + (32 << 10), range.count))
            if let algorithm { state.running = RunningChecksum(algorithm) }
        }
    }

    func receive(_ bytes: Span<UInt8>) throws {
        let done = try state.withLock { state -> Int64? in
            guard state.byteCount + Int64(bytes.count) <= Int64(range.count) else {
                throw TransportError(.badResponse, "the service returned more bytes than were requested")
            }
            state.running?.update(bytes)
            state.byteCount += Int64(bytes.count)
            bytes.withUnsafeBufferPointer { state.buffer.append(contentsOf: $0) }
            guard state.buffer.count >= Self.bufferByteCount || state.byteCount == Int64(range.count) else {
                return nil
            }
            let start = range.lowerBound + state.byteCount - Int64(state.buffer.count)
            try file.write(state.buffer.span, at: start)
            state.buffer.removeAll(keepingCapacity: true)
            return state.byteCount
        }
        // All parts share one progress counter: updating it more often would make them wait for it rather than for the
        // network.
        if let done { progress(done) }
    }

    func finish() throws -> DownloadedPiece {
        try state.withLock { state in
            guard state.byteCount == Int64(range.count) else {
                throw TransportError(.badResponse, "the service returned fewer bytes than were requested")
            }
            return DownloadedPiece(range: range, checksum: state.running.take()?.finalize() ?? [])
        }
    }
}
