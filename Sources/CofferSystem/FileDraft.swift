package import Glibc

/// A small file that gets its name only once it is complete and on disk. A crash leaves the old file or the new one,
/// never a part of it.
package struct FileDraft: ~Copyable {
    private let path: String
    private let draftPath: String
    private let file: any File
    private let fileSystem: any FileSystem

    /// - Parameters:
    ///   - path: the final path of the file.
    ///   - rights: the permissions, such as 0o600. The process's umask does not affect them.
    package init(
        of path: String, rights: mode_t, in fileSystem: any FileSystem = PosixFileSystem()
    ) throws(SystemError) {
        // Hidden, so that a program that lists the directory meanwhile does not mistake it for one of its files.
        let start = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        let (draftPath, file) = try fileSystem.makeUnique(prefix: "\(path[..<start]).\(path[start...]).") {
            path throws(SystemError) in
            try fileSystem.openFile(path, for: .creating)
        }
        // A file system without such rights may refuse; then only the owner may access the file.
        try? file.setRights(rights)
        self.path = path
        self.draftPath = draftPath
        self.file = file
        self.fileSystem = fileSystem
    }

    package func write(_ bytes: [UInt8]) throws(SystemError) { try file.append(bytes.span) }

    /// Gives the file its name, replacing any existing file.
    package consuming func replace() throws(SystemError) {
        try file.syncAll()
        try fileSystem.move(draftPath, to: path)
        try syncDirectory()
    }

    /// Gives the file its name, unless a file with that name exists.
    ///
    /// - Throws: `EEXIST` if a file with that name exists.
    package consuming func create() throws(SystemError) {
        try file.syncAll()
        do throws(SystemError) {
            try fileSystem.link(draftPath, as: path)
        } catch {
            // Some file systems have no hard links, and report that in different ways. There the check and the rename
            // are not atomic, and another process could create the file in between.
            guard !error.isExisting, !fileSystem.exists(path) else { throw SystemError(EEXIST) }
            try fileSystem.move(draftPath, to: path)
        }
        try syncDirectory()
    }

    // Either the file has its final name by now, or it is not needed: nothing is lost if the draft stays.
    deinit { try? fileSystem.removeFile(draftPath) }

    private func syncDirectory() throws(SystemError) {
        do throws(SystemError) {
            try fileSystem.syncDirectory(parentDirectory(of: path))
        } catch {
            // Some file systems cannot sync a directory.
            guard error.number == EINVAL else { throw error }
        }
    }
}
