import Glibc
import Synchronization

/// Standard output for what may be long: buffered, and telling when nobody reads any more.
final class StandardOutput: Sendable {
    static let shared = StandardOutput()

    private let buffer = Mutex<[UInt8]>([])
    private static let byteLimit = 64 << 10

    /// - Parameter isLast: whether it should be seen at once.
    /// - Throws: ``BrokenPipe``, or what the system says.
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

    /// Why nothing can be written, by the system's last error.
    static func error() -> any Error {
        errno == EPIPE
            ? BrokenPipe() : CommandError("cannot write to standard output: \(String(cString: strerror(errno)))")
    }
}

/// Nobody reads standard output any more: the command ends as if the signal had ended it, and without a word.
struct BrokenPipe: Error {}

/// A text that a shell takes for one word: as it is where that is safe, else in single quotes.
func shellWord(_ text: String) -> String {
    let isSafe = text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "+/=_-.,:@%".utf8.contains(byte)
        }
    }
    return isSafe && !text.isEmpty ? text : shellQuoted(text)
}

/// In single quotes of a shell.
func shellQuoted(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
}
