import Glibc

/// A file that the log is appended to.
public final class LogFile: Sendable {
    private let path: String
    /// The descriptor, whose number stays the same when the file is reopened, so that writers need no lock.
    let descriptor: Int32

    /// Opens the file, or creates it with read and write permission for its owner and read permission for the group.
    ///
    /// - Throws: ``ServerError`` if it can be neither opened nor created.
    public init(path: String) throws(ServerError) {
        self.path = path
        descriptor = try Self.open(path)
    }

    deinit { close(descriptor) }

    /// Continues in the file that is now at the path, which is a new one if the old file was renamed.
    ///
    /// - Throws: ``ServerError`` if it cannot be opened; the log then continues in the old file.
    func reopen() throws(ServerError) {
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
