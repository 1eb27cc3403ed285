import CofferClient
package import Glibc

/// A directory whose files have names relative to it, as keys have below a prefix.
package struct LocalFolder: Sendable {
    /// The path without a trailing slash, except for the root.
    package let path: String

    package init(_ path: String) {
        var bytes = Array(path.utf8)
        while bytes.count > 1, bytes.last == slash { bytes.removeLast() }
        self.path = String(decoding: bytes, as: UTF8.self)
    }

    /// Returns the path of a relative name.
    ///
    /// - Throws: ``TransferError`` for names that would lead elsewhere or are not valid file names.
    package func path(of name: [UInt8]) throws(TransferError) -> String {
        for part in name.split(separator: slash, omittingEmptySubsequences: false) {
            switch String(decoding: part, as: UTF8.self) {
            case "": throw .impossibleName("no file can have this name: a part of the key between slashes is empty")
            case ".", "..": throw .impossibleName("the key would leave the directory: a part of it is '.' or '..'")
            case _ where part.contains(0): throw .impossibleName("no file can have this name: the key has a NUL in it")
            default: continue
            }
        }
        return (path == "/" ? "" : path) + "/" + String(decoding: name, as: UTF8.self)
    }

    // MARK: Directories

    /// Makes the directories above a file of this folder.
    ///
    /// - Throws: ``TransferError`` if a symbolic link among them leads out of the folder.
    func makeDirectories(above path: String) throws {
        try Self.makeDirectories(self.path)
        let root = try Self.realPath(self.path)
        var made = self.path
        let below = path.utf8.dropFirst(self.path.utf8.count)
        for part in below.split(separator: slash).dropLast() {
            made += "/" + String(Substring(part))
            try Self.makeDirectory(made)
            guard Self.isBelow(try Self.realPath(made), root) else {
                throw TransferError.leadsOut(link: made, folder: self.path)
            }
        }
    }

    /// Makes a directory and those above it.
    static func makeDirectories(_ path: String) throws {
        if mkdir(path, 0o777) != 0, errno == ENOENT, let end = path.utf8.lastIndex(of: slash), end > path.startIndex {
            try makeDirectories(String(path[..<end]))
        }
        try makeDirectory(path)
    }

    /// Makes a directory, unless it already exists.
    private static func makeDirectory(_ path: String) throws {
        guard mkdir(path, 0o777) != 0 else { return }
        guard errno == EEXIST else { throw FileError(path, cannot: "make") }
        guard try status(path).st_mode & S_IFMT == S_IFDIR else {
            throw FileError(path, "is not a directory, and one is needed in its place")
        }
    }

    // MARK: Links

    /// Returns the file that a path leads to through symbolic links; the path itself if it does not exist yet or is not
    /// a link.
    package static func followed(_ path: String) throws -> String {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK, stat(path, &status) == 0 else {
            return path
        }
        return try realPath(path)
    }

    static func realPath(_ path: String) throws -> String {
        guard let real = realpath(path, nil) else { throw FileError(path) }
        defer { free(real) }
        return String(cString: real)
    }

    static func isBelow(_ path: String, _ root: String) -> Bool {
        root == "/" || path.utf8.elementsEqual(root.utf8) || path.utf8.starts(with: (root + "/").utf8)
    }

    // MARK: Status

    /// Whether the directory exists, or may exist because it cannot be examined.
    var mayExist: Bool {
        var status = stat()
        return stat(path, &status) == 0 || errno != ENOENT
    }

    /// - Throws: `FileError`.
    package static func status(_ path: String) throws -> stat {
        var status = stat()
        guard stat(path, &status) == 0 else { throw FileError(path) }
        return status
    }
}
