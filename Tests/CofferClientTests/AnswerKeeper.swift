import CofferClient
import Synchronization

/// Keeps an answer, for tests of transports.
final class AnswerKeeper: HTTPReceiver {
    private let state = Mutex<(head: HTTPResponseHead?, body: [UInt8])>((nil, []))

    var body: String { state.withLock { String(decoding: $0.body, as: UTF8.self) } }

    func begin(_ head: HTTPResponseHead) throws { state.withLock { $0.head = head } }

    func receive(_ bytes: Span<UInt8>) throws {
        state.withLock { state in bytes.withUnsafeBufferPointer { state.body += $0 } }
    }
}
