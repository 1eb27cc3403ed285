import CofferModel
public import FoundationEssentials
import Glibc

/// An error of the local file system: the file, and the system's message.
public struct FileError: Error, Sendable, CustomStringConvertible {
    /// The path as the caller gave it.
    public let path: String
    /// The path and the system's message.
    public let description: String

    package init(_ path: String, _ reason: String) {
        self.path = path
        description = "\(printable(path)): \(reason)"
    }

    /// Uses the system's message for the last error.
    ///
    /// - Parameter verb: the operation that failed, such as `delete`, if the message alone does not show it.
    package init(_ path: String, cannot verb: String? = nil) {
        let reason = String(cString: strerror(errno))
        self.init(path, verb.map { "cannot \($0) it: \(reason)" } ?? reason)
    }
}

/// Foundation shows the error's own text.
extension FileError: LocalizedError {
    /// The same text as ``description``.
    public var errorDescription: String? { description }
}
