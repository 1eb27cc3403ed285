package import Glibc

/// A descriptor of the system, closed with its owner.
package struct FileDescriptor: ~Copyable, Sendable {
    /// Valid for as long as this value.
    package let number: Int32

    /// - Parameters:
    ///   - flags: as for open(2), such as `O_RDONLY`; programs that are started later do not inherit the descriptor.
    ///   - rights: the permissions of a file that the call makes, restricted by the process's umask.
    package init(opening path: String, _ flags: Int32, rights: mode_t = 0o600) throws(SystemError) {
        let number = open(path, flags | O_CLOEXEC, rights)
        guard number >= 0 else { throw .last }
        self.number = number
    }

    deinit { close(number) }
}

/// How many descriptors the process may have.
package var descriptorLimit: Int {
    var limit = rlimit()
    // It cannot fail: the buffer is valid, and the resource exists.
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    return Int(clamping: limit.rlim_cur)
}
