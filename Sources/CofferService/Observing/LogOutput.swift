import CofferSystem
private import Dispatch
import Glibc
import Synchronization

/// Where the lines of a log go. While there are many, they are written together, a hundred times a second at most,
/// because a system call for each would cost as much as reading a small object.
final class LogOutput: Sendable {
    private let descriptor: Int32
    private let state = Mutex(State())

    private struct State {
        var held: [UInt8] = []
        /// When something was written last, in nanoseconds.
        var lastWrite: Int64 = 0
        var isScheduled = false
    }

    /// The longest time that a line is held, and between two writes.
    private static let heldNanoseconds: Int64 = 10_000_000
    /// The most bytes that are held.
    private static let heldByteCount = 64 << 10

    init(descriptor: Int32) { self.descriptor = descriptor }

    /// Writes a line of a request, at once if none was written recently, and otherwise a little later.
    func append(_ line: [UInt8]) {
        let isToBeScheduled = state.withLock { state in
            let now = SystemTime.nanoseconds
            state.held += line
            if now - state.lastWrite >= Self.heldNanoseconds || state.held.count >= Self.heldByteCount {
                write(&state, at: now)
            }
            defer { state.isScheduled = !state.held.isEmpty }
            return !state.held.isEmpty && !state.isScheduled
        }
        if isToBeScheduled {
            SystemTime.after(seconds: Double(Self.heldNanoseconds) / 1e9) { [self] in
                state.withLock { $0.isScheduled = false }
                flush()
            }
        }
    }

    /// Writes a line at once, after those that were held.
    func write(_ line: [UInt8]) {
        state.withLock { state in
            state.held += line
            write(&state, at: SystemTime.nanoseconds)
        }
    }

    /// Writes the lines that were held.
    func flush() { write([]) }

    /// Writes whole lines with a single system call, so that those of several processes do not mix. A failure is
    /// ignored, since there is nowhere to report it.
    private func write(_ state: inout State, at time: Int64) {
        guard !state.held.isEmpty else { return }
        state.held.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                guard count > 0 else {
                    if count < 0, errno == EINTR { continue }
                    break
                }
                rest = rest.dropFirst(count)
            }
        }
        state.held.removeAll(keepingCapacity: true)
        state.lastWrite = time
    }
}
