import CofferCrypto
import Glibc

/// A new file beside one that it replaces when it is complete; otherwise it is removed.
package final class ReplacementFile: Sendable {
    let file: OpenFile
    private let path: String
    /// With a slash at its end.
    private let directory: String

    /// - Throws: ``FileError``, also for a directory, which no file can replace.
    init(of path: String) throws(FileError) {
        var status = stat()
        let exists = stat(path, &status) == 0
        guard !exists || status.st_mode & S_IFMT == S_IFREG else { throw FileError(path, "not a regular file") }
        self.path = path
        // Beside it, so that it can take its place, and of a name of its own: the file's may be as long as names can be.
        directory = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[...$0]) } ?? "./"
        // Nobody may open the new file who may not open the one that it replaces.
        let name = ".\(hex(randomBytes(Self.randomByteCount)))\(Self.ending)"
        file = try OpenFile.creating(directory + name, rights: exists ? 0o600 : 0o666)
        // That one leaves its rights to it, but for those to run as its owner: it is another program now.
        if exists { chmod(file.path, status.st_mode & 0o777) }
    }

    private static let randomByteCount = 6
    private static let ending = ".part"

    /// Whether a file is called as one that a process left behind which was ended in the middle of a download.
    package static func isStalePartialFile(_ name: some StringProtocol) -> Bool {
        guard name.hasPrefix("."), name.hasSuffix(ending) else { return false }
        let digits = name.dropFirst().dropLast(ending.count)
        return bytes(hex: String(digits))?.count == randomByteCount
    }

    /// Removes what was not committed; what was has no longer this name.
    deinit { unlink(file.path) }

    /// - Parameter isDurable: waits until the file and its name are on the disk.
    func commit(isDurable: Bool) throws(FileError) {
        if isDurable { try file.sync() }
        guard rename(file.path, path) == 0 else { throw FileError(path) }
        if isDurable { try OpenFile.directory(directory).sync() }
    }
}
