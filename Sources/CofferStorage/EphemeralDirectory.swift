import Dispatch
import Glibc

/// Directories of stores that are gone when their process ends.
enum EphemeralDirectory {
    private static let prefix = "coffer."

    /// Makes one in `TMPDIR`, else in `/tmp`. Those whose processes were killed are removed meanwhile.
    static func make() throws(StorageError) -> String {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(base)/\(prefix)XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw StorageError.system(errno, "make a temporary directory") }
        DispatchQueue.global(qos: .utility).async { removeAbandoned(in: base) }
        return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Removes a directory with all that is in it. What cannot be removed stays for the system's own cleaning.
    static func remove(_ path: String) {
        for name in (try? directoryEntries(path)) ?? [] {
            let child = "\(path)/\(name)"
            if unlink(child) != 0 { remove(child) }
        }
        rmdir(path)
    }

    private static func removeAbandoned(in base: String) {
        for name in (try? directoryEntries(base)) ?? [] where name.hasPrefix(prefix) {
            removeIfAbandoned("\(base)/\(name)")
        }
    }

    /// A store has its lock for as long as its process lives. A new one does not have it yet.
    private static func removeIfAbandoned(_ path: String) {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid() else { return }
        let descriptor = open("\(path)/lock", O_RDWR | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        guard fstat(descriptor, &status) == 0, status.st_mtim.tv_sec < time(nil) - newSeconds,
            flock(descriptor, LOCK_EX | LOCK_NB) == 0
        else { return }
        remove(path)
    }

    /// For so long a directory counts as new.
    private static let newSeconds = 60
}
