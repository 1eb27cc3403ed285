import Dispatch
import Glibc

/// Directories of stores that are removed when their process ends.
///
/// Each has a marker file, which is made first and removed last, and which the process keeps locked while it lives.
/// Another process removes a directory only if its marker is complete and unlocked: the text is written under the lock,
/// so such a marker was left behind by a process that was killed.
enum EphemeralDirectory {
    private static let prefix = "coffer."
    static let markerName = "coffer-ephemeral"
    private static let markerText = Array("Removed when the server that made this directory ends, or is gone.\n".utf8)

    /// Makes a directory in `TMPDIR`, or in `/tmp` if that is not set. Removes directories of killed processes in the
    /// background.
    ///
    /// - Returns: the path, and the descriptor that holds the marker's lock.
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
        // Another process looking for abandoned directories may hold the lock briefly, until it finds no text.
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

    /// Removes a directory with its contents, the marker last, so that another process can continue an interrupted
    /// removal. Anything that cannot be removed is left to the system's own clean-up.
    static func remove(_ path: String) {
        for name in (try? directoryEntries(path)) ?? [] where name != markerName {
            let child = "\(path)/\(name)"
            if unlink(child) != 0 { remove(child) }
        }
        unlink("\(path)/\(markerName)")
        rmdir(path)
    }

    /// Makes a directory permanent, when it is opened as one. The caller holds its lock.
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
        // A process that opened the directory to keep it holds this lock, and has removed the marker before it releases
        // it.
        let lock = open("\(path)/\(DataDirectory.lockName)", O_RDWR | O_NOFOLLOW | O_CLOEXEC)
        defer { if lock >= 0 { close(lock) } }
        guard lock < 0 || flock(lock, LOCK_EX | LOCK_NB) == 0, fileSize("\(path)/\(markerName)") != nil else { return }
        remove(path)
    }

    /// - Returns: a descriptor that holds the lock of a complete marker; nil if there is none, or a process holds the
    ///   lock.
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
