package import Glibc

/// The calls with which a store keeps its files. Tests replace the system's files by simulated ones, whose power they
/// can cut.
///
/// A change survives a loss of power once it is synced: the contents of a file with ``File/syncData()``, and the name of
/// a file or directory with ``syncDirectory(_:)`` of the directory that has the name.
package protocol FileSystem: Sendable {
    /// The name of the SQLite VFS that works on these files; nil for SQLite's default.
    var sqliteVFSName: String? { get }

    func openFile(_ path: String, for purpose: FilePurpose) throws(SystemError) -> any File

    /// Gives a file another name in one step, replacing any file that has that name.
    func move(_ path: String, to newPath: String) throws(SystemError)

    /// Gives a file a second name.
    ///
    /// - Throws: `EEXIST` if a file has that name; various errors where there are no hard links.
    func link(_ path: String, as newPath: String) throws(SystemError)

    func removeFile(_ path: String) throws(SystemError)

    /// Makes a directory that only its owner may enter.
    func makeDirectory(_ path: String) throws(SystemError)

    /// Removes an empty directory.
    func removeDirectory(_ path: String) throws(SystemError)

    /// Makes the entries of a directory survive a loss of power.
    func syncDirectory(_ path: String) throws(SystemError)

    /// Returns the names in a directory, without `.` and `..`, in any order.
    func names(in directory: String) throws(SystemError) -> [String]

    /// - Parameter followsLinks: whether a symbolic link is taken for what it leads to.
    func status(of path: String, followsLinks: Bool) throws(SystemError) -> FileStatus

    /// - Parameter path: a file or directory on the disk.
    func space(at path: String) throws(SystemError) -> DiskSpace
}

/// What a file is opened for.
package enum FilePurpose: Sendable {
    case reading
    /// Reading and writing; fails for a symbolic link.
    case updating
    /// Reading and writing; a file that does not exist is made, which only its owner may access.
    case making
    /// Writing a new file, which only its owner may access; fails with `EEXIST` if the name is taken.
    case creating
}

/// An open file, closed with its owner.
package protocol File: AnyObject, Sendable {
    var status: FileStatus { get throws(SystemError) }

    /// Fills the buffer, up to the end of the file.
    ///
    /// - Returns: the number of bytes.
    func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int

    /// Fills the buffer, up to the end of the file, if that needs no waiting for the disk.
    ///
    /// - Returns: the number of bytes; nil if it would wait, or if the file system cannot tell.
    func readCached(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int?

    /// Begins to read a range into the system's memory, without waiting for it.
    func prefetch(_ range: Range<Int64>)

    /// Maps the file into the address space, as far as it reaches now; nil if that is not possible.
    func map(within budget: MappingBudget) -> FileMapping?

    /// Writes bytes after those that were written before, in a file opened as ``FilePurpose/creating``.
    func append(_ bytes: Span<UInt8>) throws(SystemError)

    /// Makes the contents survive a loss of power.
    func syncData() throws(SystemError)

    /// Makes the contents and the file's permissions survive a loss of power.
    func syncAll() throws(SystemError)

    /// Cuts the file off, or extends it with zeros that take no space.
    func resize(to byteCount: Int64) throws(SystemError)

    /// Takes disk space for a number of bytes, and extends a shorter file with zeros.
    func allocate(_ byteCount: Int64) throws(SystemError)

    /// Sets the permissions, whatever the process's umask is.
    func setRights(_ rights: mode_t) throws(SystemError)

    /// Takes the file's lock, which is released when the file is closed.
    ///
    /// - Throws: `EWOULDBLOCK` if another holds it and the caller does not wait.
    func lock(waits: Bool) throws(SystemError)
}

/// What the system knows of a file. A file whose status is the same as before has not been written, cut, moved or
/// replaced since then.
package struct FileStatus: Sendable, Equatable {
    package let kind: Kind
    /// The number under which the file system keeps the file, whatever its name.
    package let number: UInt64
    package let byteCount: Int64
    /// When the contents were last written, in nanoseconds since 1970-01-01T00:00:00Z.
    package let modifiedNanoseconds: Int64
    /// When the file was last written, moved or linked, in nanoseconds since 1970-01-01T00:00:00Z. Not even the owner
    /// can set it.
    package let changedNanoseconds: Int64
    /// The user that owns it.
    package let owner: uid_t
    /// The permissions, such as 0o600.
    package let rights: mode_t

    package enum Kind: Sendable {
        case file
        case directory
        /// A symbolic link, a pipe, a device.
        case other
    }

    package init(
        kind: Kind, number: UInt64, byteCount: Int64, modifiedNanoseconds: Int64, changedNanoseconds: Int64,
        owner: uid_t, rights: mode_t
    ) {
        self.kind = kind
        self.number = number
        self.byteCount = byteCount
        self.modifiedNanoseconds = modifiedNanoseconds
        self.changedNanoseconds = changedNanoseconds
        self.owner = owner
        self.rights = rights
    }

    package var changedSeconds: Int64 { changedNanoseconds / 1_000_000_000 }
}

package struct DiskSpace: Sendable {
    package let freeByteCount: Int64
    package let totalByteCount: Int64

    package init(freeByteCount: Int64, totalByteCount: Int64) {
        self.freeByteCount = freeByteCount
        self.totalByteCount = totalByteCount
    }
}

extension File {
    /// For files that are never waited for.
    package func readCached(
        at offset: Int64, into buffer: UnsafeMutableRawBufferPointer
    ) throws(SystemError) -> Int? { try read(at: offset, into: buffer) }

    package func prefetch(_ range: Range<Int64>) {}
    package func map(within budget: MappingBudget) -> FileMapping? { nil }

    /// Returns the beginning of a small file, with at most a given number of bytes.
    package func read(upTo limit: Int) throws(SystemError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: limit)
        var span = bytes.mutableSpan
        let count = try span.withUnsafeMutableBytes { buffer throws(SystemError) in try read(at: 0, into: buffer) }
        return Array(bytes[..<count])
    }
}

extension FileSystem {
    /// Returns whether the path leads to anything that the process can see.
    package func exists(_ path: String) -> Bool {
        // Whatever cannot be seen does not exist for the caller, for whatever reason.
        (try? status(of: path, followsLinks: true)) != nil
    }

    /// Returns a regular file's size in bytes; nil if the file does not exist.
    package func byteCount(ofFile path: String) -> Int64? {
        // As for `exists`.
        guard let status = try? status(of: path, followsLinks: true), status.kind == .file else { return nil }
        return status.byteCount
    }

    /// Returns whether a path is a directory; false for symbolic links.
    package func isDirectory(_ path: String) -> Bool {
        // As for `exists`.
        (try? status(of: path, followsLinks: false))?.kind == .directory
    }

    /// Makes something under a name that nothing has: the prefix and six characters.
    package func makeUnique<Made>(
        prefix: String, _ make: (_ path: String) throws(SystemError) -> Made
    ) throws(SystemError) -> (path: String, made: Made) {
        for _ in 0..<100 {
            let path = prefix + String(UInt64.random(in: 60_466_176..<2_176_782_336), radix: 36)
            do throws(SystemError) {
                return (path, try make(path))
            } catch {
                guard error.isExisting else { throw error }
            }
        }
        throw SystemError(EEXIST)
    }
}

/// Returns the directory of a path: `.` for a bare name, and `/` for an entry of the root directory.
package func parentDirectory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
}
