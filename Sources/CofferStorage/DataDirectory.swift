import Glibc
import Synchronization

/// A store's directory, which one process at a time has.
final class DataDirectory: Sendable {
    let path: String
    private let isTemporary: Bool
    private let lock: Mutex<Int32?>

    var catalogPath: String { path + "/catalog.sqlite" }
    var blobsPath: String { path + "/blobs" }

    /// Makes the directory where it does not exist, and takes its lock.
    ///
    /// - Throws: a sentence for the operator if another process has it.
    init(path: String, isTemporary: Bool) throws(StorageError) {
        try makeDirectory(path)
        self.path = path
        self.isTemporary = isTemporary
        let descriptor = open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StorageError.system(errno, "open \(path)/lock") }
        lock = Mutex(descriptor)
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw StorageError.failed(
                "another process is using the data directory \(path): stop it, or give this one another directory")
        }
    }

    deinit { unlock() }

    /// Removes a temporary directory with all that is in it, and lets other processes have a lasting one.
    func close() {
        if isTemporary { EphemeralDirectory.remove(path) }
        unlock()
    }

    private func unlock() {
        if let descriptor = lock.withLock({ $0.take() }) { systemClose(descriptor) }
    }
}

private func systemClose(_ descriptor: Int32) {
    close(descriptor)
}
