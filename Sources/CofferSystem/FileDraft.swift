#if canImport(Glibc)
    public import Glibc
#else
    public import Darwin
#endif

/// Why a system call failed.
public struct SystemError: Error, Equatable, CustomStringConvertible {
    /// The error number, such as `ENOENT`.
    public let number: Int32

    public init(_ number: Int32) { self.number = number }

    /// The error of the last call that failed on this thread.
    public static var last: SystemError { SystemError(errno) }

    public var description: String { String(cString: strerror(number)) }
}

/// A small file that gets its name only once it is complete and on disk. A crash leaves the old file or the new one,
/// never a part of it.
public struct FileDraft: ~Copyable {
    private let path: String
    private let draft: [CChar]
    private let descriptor: Int32

    /// - Parameters:
    ///   - path: the final path of the file.
    ///   - rights: the permissions, such as 0o600. The process's umask does not affect them.
    public init(of path: String, rights: mode_t) throws(SystemError) {
        // Hidden, so that a program that lists the directory meanwhile does not mistake it for one of its files.
        let start = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        var name = Array("\(path[..<start]).\(path[start...]).XXXXXX".utf8CString)
        let descriptor = mkstemp(&name)
        guard descriptor >= 0 else { throw .last }
        // A file system without such rights may refuse; then the file has those of `mkstemp`, for its owner only.
        fchmod(descriptor, rights)
        guard fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else {
            let error = SystemError.last
            close(descriptor)
            unlink(name)
            throw error
        }
        self.path = path
        draft = name
        self.descriptor = descriptor
    }

    public func write(_ bytes: [UInt8]) throws(SystemError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .last }
            rest = rest.dropFirst(count)
        }
    }

    /// Gives the file its name, replacing any existing file.
    public consuming func replace() throws(SystemError) {
        guard fsync(descriptor) == 0, rename(draft, path) == 0 else { throw .last }
        try Self.syncDirectory(of: path)
    }

    /// Gives the file its name, unless a file with that name exists.
    ///
    /// - Throws: `EEXIST` if a file with that name exists.
    public consuming func create() throws(SystemError) {
        guard fsync(descriptor) == 0 else { throw .last }
        if link(draft, path) != 0 {
            // Some file systems have no hard links, and report that in different ways. There the check and the rename are
            // not atomic, and another process could create the file in between.
            guard errno != EEXIST, access(path, F_OK) != 0 else { throw SystemError(EEXIST) }
            guard rename(draft, path) == 0 else { throw .last }
        }
        try Self.syncDirectory(of: path)
    }

    deinit {
        close(descriptor)
        // Either the file has its final name by now, or it is not needed.
        unlink(draft)
    }

    private static func syncDirectory(of path: String) throws(SystemError) {
        let end = path.lastIndex(of: "/")
        let directory = end.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last }
        defer { close(descriptor) }
        // Some file systems cannot sync a directory.
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw .last }
    }
}

/// The system call, which cannot be named within a type that has a method of the same name.
private func systemWrite(_ descriptor: Int32, _ start: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, start, count)
}
