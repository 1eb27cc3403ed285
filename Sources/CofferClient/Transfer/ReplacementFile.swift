import CofferCrypto
import Glibc

/// A new file next to the one that it replaces when it is complete; otherwise it is removed.
package final class ReplacementFile: Sendable {
    let file: OpenFile
    private let path: String
    /// The directory, with a trailing slash.
    private let directory: String

    /// - Throws: ``FileError``, including for a directory, which no file can replace.
    init(of path: String) throws(FileError) {
        var status = stat()
        let exists = stat(path, &status) == 0
        guard !exists || status.st_mode & S_IFMT == S_IFREG else { throw FileError(path, "not a regular file") }
        self.path = path
        // The new file is in the same directory, so that it can be renamed, and does not include the old name, which
        // may already be as long as names can be.
        directory = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[...$0]) } ?? "./"
        // Only users who may open the replaced file may open the new one.
        let name = ".\(hex(randomBytes(Self.randomByteCount)))\(Self.ending)"
        file = try OpenFile.creating(directory + name, rights: exists ? 0o600 : 0o666)
        // The permissions are copied except for set-user-ID and the like: the content is a different program now.
        if exists { chmod(file.path, status.st_mode & 0o777) }
    }

    private static let randomByteCount = 6
    private static let ending = ".part"

    /// Whether a file has the name of a stale partial file, left by a process that was killed during a download.
    package static func isStalePartialFile(_ name: some StringProtocol) -> Bool {
        guard name.hasPrefix("."), name.hasSuffix(ending) else { return false }
        let digits = name.dropFirst().dropLast(ending.count)
        return bytes(hex: String(digits))?.count == randomByteCount
    }

    /// Removes an uncommitted file; a committed one no longer has this name.
    deinit { unlink(file.path) }

    /// - Parameter isDurable: whether to wait until the file and its name are on disk.
    func commit(isDurable: Bool) throws(FileError) {
        if isDurable { try file.sync() }
        guard rename(file.path, path) == 0 else { throw FileError(path) }
        if isDurable { try OpenFile.directory(directory).sync() }
    }
}
