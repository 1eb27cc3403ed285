import CofferCrypto
import CofferModel
import CofferSigning
import Dispatch
import Synchronization

/// A pipe that passes an object's bytes from the transport's thread to the task that reads them, and blocks the thread
/// while the reader is behind.
final class ContentStream: BodySink {
    private let state = Mutex(State())
    private let hasRoom = DispatchSemaphore(value: 0)

    /// The most bytes that may wait for the reader.
    private static let byteLimit = 2 << 20

    private struct State: ~Copyable {
        var head: HTTPResponseHead?
        var pieces: [[UInt8]] = []
        var byteCount = 0
        /// The bytes received in all responses together.
        var receivedCount: Int64 = 0
        /// Whether the transport's thread is waiting for room.
        var isAwaited = false
        var end: Result<Void, any Error>?
        var headReader: CheckedContinuation<HTTPResponseHead, any Error>?
        var reader: CheckedContinuation<[UInt8]?, any Error>?
        var check: Checksum?
        var running: RunningChecksum?
    }

    // MARK: The transport's side

    /// Later responses continue where the first one broke off.
    var canBeginAgain: Bool { state.withLock { $0.head == nil } }

    func begin(_ head: HTTPResponseHead) throws {
        if let rest, !ObjectInfo(head).has(rest.range, of: rest.eTag) {
            throw TransportError(
                .badResponse, "the service returned other bytes than the rest of the object, which was requested")
        }
        let reader = state.withLock { state -> CheckedContinuation<HTTPResponseHead, any Error>? in
            guard state.head == nil else { return nil }
            state.head = head
            let info = ObjectInfo(head)
            if head.status == 200, info.checksumType == .fullObject, let check = info.checksums.first {
                state.check = check
                state.running = RunningChecksum(check.algorithm)
            }
            return state.headReader.take()
        }
        reader?.resume(returning: head)
    }

    func receive(_ bytes: Span<UInt8>) throws {
        let piece = bytes.withUnsafeBufferPointer { Array($0) }
        let reader = try state.withLock { state -> CheckedContinuation<[UInt8]?, any Error>? in
            if case .failure(let error) = state.end { throw error }
            state.running?.update(bytes)
            state.receivedCount += Int64(piece.count)
            if let reader = state.reader.take() { return reader }
            state.pieces.append(piece)
            state.byteCount += piece.count
            return nil
        }
        reader?.resume(returning: piece)
    }

    var isFull: Bool { state.withLock { $0.end == nil && $0.byteCount > Self.byteLimit } }

    func waitForRoom() {
        let mustWait = state.withLock { state in
            state.isAwaited = state.end == nil && state.byteCount > Self.byteLimit
            return state.isAwaited
        }
        if mustWait { hasRoom.wait() }
    }

    /// The range that has not been received yet, and its ETag; nil before the first response.
    var rest: (range: Range<Int64>, eTag: ETag)? {
        state.withLock { state in
            guard let head = state.head else { return nil }
            let info = ObjectInfo(head)
            guard let whole = info.range ?? info.reportedByteCount.map({ 0..<$0 }) else { return nil }
            let start = whole.lowerBound + state.receivedCount
            return start < whole.upperBound ? (start..<whole.upperBound, info.eTag) : nil
        }
    }

    /// - Parameter error: the error that ended the transfer early.
    func finish(_ error: (any Error)?) {
        end(with: error ?? damage)
    }

    private var damage: TransportError? {
        state.withLock { state in
            guard let check = state.check, let value = state.running.take()?.finalize(), base64(value) != check.value
            else { return nil }
            return TransportError(
                .damaged,
                "the content is damaged: the \(check.algorithm.rawValue) of the received bytes is \(base64(value)), of the "
                    + "object \(check.value)")
        }
    }

    private func end(with error: (any Error)?) {
        let (headReader, reader, wasAwaited) = state.withLock { state in
            if state.end == nil { state.end = error.map { .failure($0) } ?? .success(()) }
            defer { state.isAwaited = false }
            return (
                state.headReader.take(), state.pieces.isEmpty || error != nil ? state.reader.take() : nil,
                state.isAwaited
            )
        }
        headReader?.resume(throwing: error ?? TransportError(.badResponse, "the response had no head"))
        if let error { reader?.resume(throwing: error) } else { reader?.resume(returning: nil) }
        if wasAwaited { hasRoom.signal() }
    }

    // MARK: The reader's side

    func head() async throws -> HTTPResponseHead {
        try await withCheckedThrowingContinuation { continuation in
            let result: Result<HTTPResponseHead, any Error>? = state.withLock { state in
                if let head = state.head { return .success(head) }
                if case .failure(let error) = state.end { return .failure(error) }
                state.headReader = continuation
                return nil
            }
            if let result { continuation.resume(with: result) }
        }
    }

    /// The next bytes; nil at the end.
    func next() async throws -> [UInt8]? {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let (result, hasSpace) = state.withLock { state in
                    if state.reader != nil { return (Self.isRead, false) }
                    let result = Self.take(from: &state)
                    if result == nil { state.reader = continuation }
                    let hasSpace = state.isAwaited && state.byteCount <= Self.byteLimit / 2
                    if hasSpace { state.isAwaited = false }
                    return (result, hasSpace)
                }
                if hasSpace { hasRoom.signal() }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            close()
        }
    }

    /// With two concurrent readers, the second would leave the first waiting forever.
    private static let isRead: Result<[UInt8]?, any Error>? = .failure(
        TransportError(
            .unusable, "the object's bytes can be read once, and are being read already; request the object again"))

    private static func take(from state: inout State) -> Result<[UInt8]?, any Error>? {
        if !state.pieces.isEmpty {
            let piece = state.pieces.removeFirst()
            state.byteCount -= piece.count
            return .success(piece)
        }
        return state.end.map { end in end.map { nil } }
    }

    /// Ends the stream, because the reader has stopped reading.
    func close() { end(with: CancellationError()) }
}
