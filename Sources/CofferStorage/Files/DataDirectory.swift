import CofferSystem
import Synchronization

/// A store's directory, which only one process at a time can use.
final class DataDirectory: Sendable {
    let path: String
    let isTemporary: Bool
    private let fileSystem: any FileSystem
    /// The locked files; closing them releases the locks.
    private let locks: Mutex<[any File]>

    static let lockName = "lock"

    var catalogPath: String { path + "/catalog.sqlite" }
    var blobsPath: String { path + "/blobs" }

    /// Makes the directory if it does not exist, and takes its lock.
    ///
    /// - Parameters:
    ///   - given: the path; nil makes a temporary directory, which is removed when it is closed.
    ///   - syncs: whether a directory made here survives a loss of power.
    /// - Throws: a sentence for the operator if another process uses the directory.
    init(path given: String?, syncs: Bool, fileSystem: any FileSystem) throws(StorageError) {
        isTemporary = given == nil
        self.fileSystem = fileSystem
        if let given {
            try fileSystem.makeDirectories(given, syncs: syncs)
            path = given
            locks = Mutex([try Self.lock(given, fileSystem)])
        } else {
            let (made, marker) = try EphemeralDirectory.make(fileSystem)
            path = made
            locks = Mutex([marker, try Self.lock(made, fileSystem)])
        }
        if !isTemporary { EphemeralDirectory.keep(path, fileSystem) }
    }

    private static func lock(_ path: String, _ fileSystem: any FileSystem) throws(StorageError) -> any File {
        let file = try attempt("open \(path)/\(lockName)") { () throws(SystemError) in
            try fileSystem.openFile("\(path)/\(lockName)", for: .making)
        }
        do throws(SystemError) {
            try file.lock(waits: false)
        } catch {
            throw StorageError.failed(
                "another process is using the data directory \(path): stop it, or give this one another directory")
        }
        return file
    }

    /// Removes a temporary directory with its contents, and releases a permanent one for other processes.
    func close() {
        if isTemporary { EphemeralDirectory.remove(path, fileSystem) }
        locks.withLock { $0 = [] }
    }

    // MARK: Checks for missing files

    /// Throws if the catalog was lost. It is made before anything is put into `blobs`, so it was lost if it is missing
    /// while `blobs` has entries.
    ///
    /// - Throws: a sentence for the operator.
    func requireCatalog() throws(StorageError) {
        guard (fileSystem.byteCount(ofFile: catalogPath) ?? 0) == 0 else { return }
        let hasBlobs = try fileSystem.entries(of: blobsPath, mayBeMissing: true).contains { $0 != "lost+found" }
        guard hasBlobs || (fileSystem.byteCount(ofFile: catalogPath + "-wal") ?? 0) > 0 else { return }
        throw .failed(
            "\(catalogPath) is missing or empty, but objects were stored here: restore it from your backup; "
                + "to begin with an empty store, give another directory or move \(blobsPath) away")
    }

    /// - Throws: a sentence for the operator if the catalog names objects in files and there are no files at all.
    func requireBlobs(_ catalog: any Catalog) async throws(StorageError) {
        guard try DirectoryBlobStore.parts(of: blobsPath, fileSystem).isEmpty else { return }
        let namesFiles = try await catalog.read { rows async throws(StorageError) in try await rows.namesFiles() }
        guard namesFiles else { return }
        throw .failed(
            "\(catalogPath) names objects whose bytes are in \(blobsPath), but there are no files in it: mount its disk, or "
                + "restore it from the same backup as the catalog")
    }
}
