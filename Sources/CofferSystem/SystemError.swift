import Glibc

/// Why a system call failed.
public struct SystemError: Error, Equatable, CustomStringConvertible {
    /// The error number, such as `ENOENT`.
    public let number: Int32

    /// Creates an error from the value of `errno`.
    public init(_ number: Int32) { self.number = number }

    /// The error of the last call that failed on this thread.
    public static var last: SystemError { SystemError(errno) }

    /// Whether a file or a directory on the way to it does not exist.
    package var isNotFound: Bool { number == ENOENT }

    /// Whether a file with that name exists.
    package var isExisting: Bool { number == EEXIST }

    /// Whether the process, or the system, has too many open files.
    package var isOutOfDescriptors: Bool { number == EMFILE || number == ENFILE }

    /// The system's own text for the number.
    public var description: String { String(cString: strerror(number)) }
}
