import CofferModel
import CofferSigning
import Synchronization

/// A range that was downloaded, and its checksum.
struct DownloadedPiece: Sendable {
    let range: Range<Int64>
    /// Raw; empty if none was asked for.
    let checksum: [UInt8]
}

/// Writes the bytes of a range into a file at their place.
final class FileSink: BodySink {
    private let file: OpenFile
    private let range: Range<Int64>
    private let algorithm: ChecksumAlgorithm?
    private let progress: @Sendable (Int64) -> Void
    private let state = Mutex(State())

    private struct State: ~Copyable {
        var byteCount: Int64 = 0
        var running: RunningChecksum?
    }

    init(
        _ file: OpenFile, _ range: Range<Int64>, _ algorithm: ChecksumAlgorithm?,
        _ progress: @escaping @Sendable (Int64) -> Void
    ) {
        self.file = file
        self.range = range
        self.algorithm = algorithm
        self.progress = progress
    }

    var canBeginAgain: Bool { true }

    func begin(_ head: HTTPResponseHead) throws {
        let info = ObjectInfo(head)
        // A service that does not know ranges answers with everything.
        guard (info.range ?? 0..<info.byteCount) == range else {
            throw TransportError(.badAnswer, "the service answered another range than was asked for")
        }
        state.withLock { state in
            state.byteCount = 0
            if let algorithm { state.running = RunningChecksum(algorithm) }
        }
    }

    func receive(_ bytes: Span<UInt8>) throws {
        let done = try state.withLock { state in
            guard state.byteCount + Int64(bytes.count) <= Int64(range.count) else {
                throw TransportError(.badAnswer, "the service answered more bytes than were asked for")
            }
            try file.write(bytes, at: range.lowerBound + state.byteCount)
            state.running?.update(bytes)
            state.byteCount += Int64(bytes.count)
            return state.byteCount
        }
        progress(done)
    }

    func finish() throws -> DownloadedPiece {
        try state.withLock { state in
            guard state.byteCount == Int64(range.count) else {
                throw TransportError(.badAnswer, "the service answered fewer bytes than were asked for")
            }
            return DownloadedPiece(range: range, checksum: state.running.take()?.finalize() ?? [])
        }
    }
}
