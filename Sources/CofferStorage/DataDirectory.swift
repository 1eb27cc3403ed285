import Glibc
import Synchronization

/// A store's directory, which only one process at a time can use.
final class DataDirectory: Sendable {
    let path: String
    let isTemporary: Bool
    /// The descriptors of the locked files; closing them releases the locks.
    private let locks: Mutex<[Int32]>

    static let lockName = "lock"

    var catalogPath: String { path + "/catalog.sqlite" }
    var blobsPath: String { path + "/blobs" }

    /// Makes the directory if it does not exist, and takes its lock.
    ///
    /// - Parameters:
    ///   - given: the path; nil makes a temporary directory, which is removed when it is closed.
    ///   - syncs: whether a directory made here survives a loss of power.
    /// - Throws: a sentence for the operator if another process uses the directory.
    init(path given: String?, syncs: Bool) throws(StorageError) {
        isTemporary = given == nil
        if let given {
            try makeDirectory(given, syncs: syncs)
            path = given
            locks = Mutex([])
        } else {
            let (made, marker) = try EphemeralDirectory.make()
            path = made
            locks = Mutex([marker])
        }
        let descriptor = open("\(path)/\(Self.lockName)", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StorageError.system(errno, "open \(path)/\(Self.lockName)") }
        locks.withLock { $0.append(descriptor) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw StorageError.failed(
                "another process is using the data directory \(path): stop it, or give this one another directory")
        }
        if !isTemporary { EphemeralDirectory.keep(path) }
    }

    deinit { unlock() }

    /// Removes a temporary directory with its contents, and releases a permanent one for other processes.
    func close() {
        if isTemporary { EphemeralDirectory.remove(path) }
        unlock()
    }

    private func unlock() {
        let held = locks.withLock { locks in
            defer { locks = [] }
            return locks
        }
        for descriptor in held { systemClose(descriptor) }
    }

    // MARK: Checks for missing files

    /// Throws if the catalog was lost. It is made before anything is put into `blobs`, so it was lost if it is missing
    /// while `blobs` has entries.
    ///
    /// - Throws: a sentence for the operator.
    func requireCatalog() throws(StorageError) {
        guard (fileSize(catalogPath) ?? 0) == 0 else { return }
        let hasBlobs = try directoryEntries(blobsPath, mayBeMissing: true).contains { $0 != "lost+found" }
        guard hasBlobs || (fileSize(catalogPath + "-wal") ?? 0) > 0 else { return }
        throw .failed(
            "\(catalogPath) is missing or empty, but objects were stored here: restore it from your backup; "
                + "to begin with an empty store, give another directory or move \(blobsPath) away")
    }

    /// - Throws: a sentence for the operator if the catalog names objects in files and there are no files at all.
    func requireBlobs(_ catalog: any Catalog) throws(StorageError) {
        guard try DirectoryBlobStore.parts(of: blobsPath).isEmpty, try catalog.namesFiles() else { return }
        throw .failed(
            "\(catalogPath) names objects whose bytes are in \(blobsPath), but there are no files in it: mount its disk, or "
                + "restore it from the same backup as the catalog")
    }
}

private func systemClose(_ descriptor: Int32) {
    close(descriptor)
}
