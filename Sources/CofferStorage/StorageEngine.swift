import CofferCrypto
import CofferSystem

/// What a store is assembled from: a directory, a catalog and the storage of segments.
struct StorageEngine: Sendable {
    let directory: DataDirectory
    /// Seals secrets, under the directory's own key.
    let secrets: SecretBox
    let catalog: any Catalog
    let blobs: any BlobStore
    let space: FreeSpace

    /// Opens or creates a directory with its catalog, and removes what a crash left in it.
    ///
    /// - Parameters:
    ///   - path: nil for a temporary directory.
    ///   - syncs: whether changes survive a loss of power.
    ///   - openCatalog: opens the directory's catalog. Called a second time, after the reserve was released, if it ran
    ///     out of space.
    init(
        path: String?, syncs: Bool, reserveByteCount: Int64?, fileSystem: any FileSystem, clock: ServiceClock,
        onNotice: @escaping @Sendable (String) -> Void,
        openCatalog: (_ directory: DataDirectory, _ reserve: SpaceReserve) throws(StorageError) -> any Catalog
    ) async throws(StorageError) {
        directory = try DataDirectory(path: path, syncs: syncs, fileSystem: fileSystem)
        try directory.requireCatalog()
        let reserve = SpaceReserve(
            directory: directory.path, fileSystem: fileSystem, isKept: path != nil, onNotice: onNotice)
        let catalogPath = directory.catalogPath
        secrets = SecretBox(
            key: try SecretsKey.open(in: directory.path, fileSystem) { () throws(StorageError) in
                try SQLiteCatalog.holdsSecrets(path: catalogPath, fileSystem)
            })
        catalog = try Self.onFullDisk(releasing: reserve) { [directory] () throws(StorageError) in
            try openCatalog(directory, reserve)
        }
        // Before `blobs` has any content, from which a later start concludes that there was a catalog.
        if syncs { try fileSystem.syncEntries(of: directory.path) }
        try await directory.requireBlobs(catalog)
        blobs = try DirectoryBlobStore(path: directory.blobsPath, syncs: syncs, fileSystem: fileSystem)
        try blobs.recover()
        space = FreeSpace(
            path: directory.path, fileSystem: fileSystem, reserveByteCount: reserveByteCount, reserve: reserve,
            clock: clock, onNotice: onNotice
        ) { [catalog] () throws(StorageError) in try catalog.reusableByteCount() }
    }

    /// Runs a start-up step, and runs it again with the reserved space if the disk is full.
    private static func onFullDisk<Value>(
        releasing reserve: SpaceReserve, _ step: () throws(StorageError) -> Value
    ) throws(StorageError) -> Value {
        do throws(StorageError) {
            return try step()
        } catch {
            guard case .noSpace = error, reserve.release() else { throw error }
            return try step()
        }
    }
}
