import Glibc

/// A file that the log is appended to.
public final class LogFile: Sendable {
    private let path: String
    /// Keeps its number, and stands for another file once it was reopened: whoever writes needs no lock.
    let descriptor: Int32

    /// Opens the file, or makes one that its owner may read and write, and the group read.
    ///
    /// - Throws: ``ServerError`` if it can be neither opened nor made.
    public init(path: String) throws(ServerError) {
        self.path = path
        descriptor = try Self.open(path)
    }

    deinit { close(descriptor) }

    /// Goes on in the file that is at the path now: another one, if the former was renamed.
    ///
    /// - Throws: ``ServerError`` if it cannot be opened; the log then goes on in the former.
    public func reopen() throws(ServerError) {
        let other = try Self.open(path)
        defer { close(other) }
        guard dup2(other, descriptor) >= 0, fcntl(descriptor, F_SETFD, FD_CLOEXEC) >= 0 else {
            throw Self.failure(path)
        }
    }

    private static func open(_ path: String) throws(ServerError) -> Int32 {
        let descriptor = Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOCTTY | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw failure(path) }
        return descriptor
    }

    private static func failure(_ path: String) -> ServerError {
        ServerError("cannot open the log file \(path): \(String(cString: strerror(errno)))")
    }
}
