import CMicrohttpd
import CofferSystem
private import Dispatch
import Synchronization

/// The body of a ``KeepAliveBody`` while it is being sent.
///
/// While there is nothing to send, its connection is suspended. libmicrohttpd neither closes nor frees a suspended
/// connection, and ``State/suspended`` is set and cleared under the lock, together with the calls that suspend and
/// resume. So no connection is resumed that is not suspended or no longer exists.
final class KeepAliveStream: Sendable {
    let answer: KeepAliveBody
    private let state: Mutex<State>

    private struct State {
        /// The bytes that have not been sent yet.
        var bytes: ArraySlice<UInt8>
        var isFinished = false
        // libmicrohttpd's connection, which may be resumed from any thread.
        nonisolated(unsafe) var suspended: OpaquePointer?

        mutating func append(_ more: [UInt8]) {
            bytes += more
            if let connection = suspended.take() { MHD_resume_connection(connection) }
        }
    }

    init(_ answer: KeepAliveBody) {
        self.answer = answer
        state = Mutex(State(bytes: answer.prefix[...]))
    }

    /// Sends the end of the body, made from the actual response.
    func finish(_ response: HTTPResponse) {
        let rest = answer.rest(response)
        state.withLock { state in
            state.isFinished = true
            state.append(rest)
        }
    }

    /// Sends a space if the connection is suspended, to keep it alive or to find out that it is closed.
    func sendSpace() {
        state.withLock { state in
            if state.suspended != nil { state.append([UInt8(ascii: " ")]) }
        }
    }

    // MARK: libmicrohttpd's side

    func makeResponse(for connection: OpaquePointer) -> OpaquePointer? {
        ResponseBodyReader.makeResponse(count: nil, blockByteCount: 4096) { self.read(into: $0, of: connection) }
    }

    private func read(into buffer: UnsafeMutableRawBufferPointer, of connection: OpaquePointer) -> Int {
        let count = state.withLock { state -> Int in
            let piece = state.bytes.prefix(buffer.count)
            buffer.copyBytes(from: piece)
            state.bytes.removeFirst(piece.count)
            if !piece.isEmpty { return piece.count }
            if state.isFinished { return coffer_reader_finished }
            state.suspended = connection
            MHD_suspend_connection(connection)
            return 0
        }
        if count == 0 {
            SystemTime.after(seconds: answer.spaceSeconds) { [weak self] in
                self?.sendSpace()
            }
        }
        return count
    }
}
