import Glibc

/// A new database that gets its name only when it is complete: a failure leaves no file behind, and no other process
/// sees an incomplete database.
final class DatabaseDraft {
    /// The temporary path, in the same directory as the final one.
    let path: String
    private let place: String

    /// - Returns: nil if the file already exists.
    /// - Throws: ``PackageError/database(_:)`` if the file cannot be created.
    init?(_ place: String) throws(PackageError) {
        var status = stat()
        guard lstat(place, &status) != 0 else { return nil }
        self.place = place
        let slash = place.utf8.lastIndex(of: UInt8(ascii: "/"))
        let (directory, name) = slash.map { (place[...$0], place[place.utf8.index(after: $0)...]) } ?? ("", place[...])
        guard !name.isEmpty else { throw .database("cannot open \(place): it is a directory, not a file") }
        let number = UInt32.random(in: .min ... .max)
        path = "\(directory).\(name).\(String(number, radix: 36))"
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .database("cannot open \(place): \(String(cString: strerror(errno)))") }
        close(descriptor)
    }

    deinit {
        unlink(path)
        // A journal exists only if a transaction was interrupted.
        unlink("\(path)-journal")
    }

    /// Gives the complete database its name.
    ///
    /// - Returns: false if another process has created a file with that name in the meantime.
    func publish() throws(PackageError) -> Bool {
        if link(path, place) == 0 { return true }
        if [EPERM, ENOTSUP, ENOSYS].contains(errno) {
            // The file system has no hard links: reserve the name first, exclusively.
            let descriptor = open(place, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
            if descriptor >= 0 {
                close(descriptor)
                if rename(path, place) == 0 { return true }
            }
        }
        guard errno == EEXIST else { throw .database("cannot write \(place): \(String(cString: strerror(errno)))") }
        return false
    }
}
