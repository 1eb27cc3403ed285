import Dispatch
import Glibc

/// Directories of stores that are gone when their process ends.
///
/// Each has a marker file, which is made first and removed last, and whose lock the process has for as long as it lives.
/// A directory is removed by another process only where there is a marker, written to its end, whose lock is free: its
/// text is written under the lock, so that a free one was left by a process that was killed.
enum EphemeralDirectory {
    private static let prefix = "coffer."
    static let markerName = "coffer-ephemeral"
    private static let markerText = Array("Removed when the server that made this directory ends, or is gone.\n".utf8)

    /// Makes one in `TMPDIR`, else in `/tmp`. Those whose processes were killed are removed meanwhile.
    ///
    /// - Returns: its path, and the descriptor that has the marker's lock.
    static func make() throws(StorageError) -> (path: String, marker: Int32) {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        DispatchQueue.global(qos: .utility).async { removeAbandoned(in: base) }
        return try make(in: base)
    }

    static func make(in base: String) throws(StorageError) -> (path: String, marker: Int32) {
        var template = Array("\(base)/\(prefix)XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw StorageError.system(errno, "make a temporary directory") }
        let path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        let marker = open("\(path)/\(markerName)", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        // Another process that looks for abandoned ones may have the lock for the moment in which it finds no text.
        guard marker >= 0, waitForLock(of: marker),
            write(marker, markerText, markerText.count) == markerText.count
        else { throw StorageError.system(errno, "mark the temporary directory \(path)") }
        return (path, marker)
    }

    private static func waitForLock(of descriptor: Int32) -> Bool {
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { return false }
        }
        return true
    }

    /// Removes a directory with all that is in it, the marker at last, so that what is cut off is gone on with by another.
    /// What cannot be removed stays for the system's own cleaning.
    static func remove(_ path: String) {
        for name in (try? directoryEntries(path)) ?? [] where name != markerName {
            let child = "\(path)/\(name)"
            if unlink(child) != 0 { remove(child) }
        }
        unlink("\(path)/\(markerName)")
        rmdir(path)
    }

    /// A directory that is opened to keep what is in it is not one of these any more. The caller has its lock.
    static func keep(_ path: String) { unlink("\(path)/\(markerName)") }

    static func removeAbandoned(in base: String) {
        for name in (try? directoryEntries(base)) ?? [] where name.hasPrefix(prefix) {
            removeIfAbandoned("\(base)/\(name)")
        }
    }

    private static func removeIfAbandoned(_ path: String) {
        var status = stat()
        guard isDirectory(path), lstat(path, &status) == 0, status.st_uid == geteuid(), status.st_mode & 0o077 == 0,
            let marker = lockOfAbandoned("\(path)/\(markerName)")
        else { return }
        defer { close(marker) }
        // Whoever opened it to keep it has this lock, and has removed the marker when the lock is free again.
        let lock = open("\(path)/\(DataDirectory.lockName)", O_RDWR | O_NOFOLLOW | O_CLOEXEC)
        defer { if lock >= 0 { close(lock) } }
        guard lock < 0 || flock(lock, LOCK_EX | LOCK_NB) == 0, fileSize("\(path)/\(markerName)") != nil else { return }
        remove(path)
    }

    /// - Returns: a descriptor that has the lock of a marker that is whole; nil if there is none, or a process has it.
    private static func lockOfAbandoned(_ path: String) -> Int32? {
        let descriptor = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        var status = stat()
        var text = [UInt8](repeating: 0, count: markerText.count + 1)
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(),
            flock(descriptor, LOCK_EX | LOCK_NB) == 0,
            pread(descriptor, &text, text.count, 0) == markerText.count, text.starts(with: markerText)
        else {
            close(descriptor)
            return nil
        }
        return descriptor
    }
}
