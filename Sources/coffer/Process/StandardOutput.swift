import CofferTransfer
import Glibc
import Synchronization

/// Buffered standard output for results that may be long, which notices when its reader is gone.
final class StandardOutput: Sendable {
    static let shared = StandardOutput()

    private let buffer = Mutex<[UInt8]>([])
    private static let byteLimit = 64 << 10

    /// - Parameter isLast: whether to write the buffer out at once.
    /// - Throws: ``BrokenPipe``, or the system's error.
    func write(_ bytes: [UInt8], isLast: Bool) throws {
        try buffer.withLock { buffer in
            buffer += bytes
            guard isLast || buffer.count >= Self.byteLimit else { return }
            defer { buffer.removeAll(keepingCapacity: true) }
            try writeAll(buffer)
        }
    }

    func flush() throws { try write([], isLast: true) }

    private func writeAll(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            switch count {
            case 1...: rest = rest.dropFirst(count)
            case _ where errno == EINTR: continue
            case _ where errno == EAGAIN:
                var descriptor = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
                poll(&descriptor, 1, -1)
            default: throw Self.error()
            }
        }
    }

    /// Returns why writing failed, according to the system's last error.
    static func error() -> any Error {
        errno == EPIPE
            ? BrokenPipe() : CommandError("cannot write to standard output: \(String(cString: strerror(errno)))")
    }
}
