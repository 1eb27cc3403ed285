package import CofferCrypto
package import CofferModel
package import CofferSystem

/// Buckets and objects on a disk: a catalog, which is the source of truth, and files for larger bodies.
///
/// A change is acknowledged once it survives a loss of power, unless the store was opened as relaxed. A crash at any
/// time leaves either the old state or the new one.
package final class ObjectStore: Sendable {
    private let directory: DataDirectory
    /// Seals secrets that must not be stored in plain text, under the directory's own key.
    package let secrets: SecretBox
    let clock: ServiceClock
    let catalog: any Catalog
    let opener: SegmentOpener
    let damage = DamageCounter()
    let blocking = BlockingQueue()
    let pins = SegmentPins()
    let contentReads = ContentReads()
    let reaper: GarbageReaper
    private let sweep: OrphanSweep
    private let space: FreeSpace
    private let inlineLimit: Int

    package enum Durability: String, Sendable, CaseIterable {
        /// Every acknowledged change survives a loss of power.
        case full
        /// No write waits for the disk: for tests.
        case relaxed
    }

    /// Bodies up to this size are stored in the catalog. Measured with 32 KiB bodies and 64 clients: 3.9 times as many
    /// durable PUTs as into files, and GETs cost the same; from 64 KiB on, a GET from the catalog costs more.
    package static let defaultInlineLimit = 32 << 10

    /// The free space below which no bodies are accepted, unless the disk is small: more than the catalog's log can
    /// grow to before it is moved.
    package static let defaultReserveByteCount: Int64 = 96 << 20

    /// Returns whether a directory contains a store.
    package static func exists(at path: String) -> Bool { PosixFileSystem().exists(path + "/catalog.sqlite") }

    /// Opens or creates a store.
    ///
    /// - Parameters:
    ///   - path: the store's directory; nil makes a temporary one, which is removed when the store is closed.
    ///   - reserveByteCount: the free space below which no bodies are accepted; nil for the default.
    ///   - fileSystem: where the store keeps its files.
    ///   - clock: the service's clock, the only source of times.
    ///   - onFault: called with failures of background work.
    ///   - onNotice: called with messages for the operator: how full the disk is, what was removed after a crash.
    /// - Throws: ``StorageError/failed(_:)`` and ``StorageError/damaged(_:)`` with a sentence for the operator.
    package init(
        path: String?, durability: Durability = .full, inlineLimit: Int = ObjectStore.defaultInlineLimit,
        reserveByteCount: Int64? = nil, fileSystem: any FileSystem = PosixFileSystem(), clock: ServiceClock = .system,
        onFault: @escaping @Sendable (StorageError) -> Void,
        onNotice: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(StorageError) {
        let syncs = durability == .full && path != nil
        let directory = try DataDirectory(path: path, syncs: syncs, fileSystem: fileSystem)
        try directory.requireCatalog()
        let reserve = SpaceReserve(
            directory: directory.path, fileSystem: fileSystem, isKept: path != nil, onNotice: onNotice)
        let secrets = SecretBox(
            key: try SecretsKey.open(in: directory.path, fileSystem) { () throws(StorageError) in
                try SQLiteCatalog.holdsSecrets(path: directory.catalogPath, fileSystem)
            })
        let catalog = try Self.onFullDisk(releasing: reserve) { () throws(StorageError) in
            try SQLiteCatalog(
                path: directory.catalogPath, fileSystem: fileSystem, syncs: syncs,
                secrets: secrets.derived(for: "access keys"), reserve: reserve, clock: clock, onFault: onFault)
        }
        // Before `blobs` has any content, from which a later start concludes that there was a catalog.
        if syncs { try fileSystem.syncEntries(of: directory.path) }
        try directory.requireBlobs(catalog)
        let blobs = try DirectoryBlobStore(path: directory.blobsPath, syncs: syncs, fileSystem: fileSystem)
        try blobs.recover { id throws(StorageError) in try catalog.isNamed(id) }
        self.directory = directory
        self.secrets = secrets
        self.clock = clock
        self.catalog = catalog
        self.inlineLimit = inlineLimit
        opener = SegmentOpener(catalog: catalog, blobs: blobs)
        reaper = GarbageReaper(catalog: catalog, blobs: blobs, blocking: blocking, pins: pins, onFault: onFault)
        sweep = OrphanSweep(
            catalog: catalog, blobs: blobs, blocking: blocking, clock: clock, onFault: onFault, onNotice: onNotice)
        space = FreeSpace(
            path: directory.path, fileSystem: fileSystem, reserveByteCount: reserveByteCount, reserve: reserve,
            clock: clock, onNotice: onNotice
        ) { () throws(StorageError) in try catalog.reusableByteCount() }
        // The first check reports how full the disk is at the start.
        _ = space.isEnough()
        reaper.wake()
        sweep.start()
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

    /// Ends the store's work and releases its directory; the store must not be used afterwards.
    package func close() async throws(StorageError) {
        await sweep.end()
        await reaper.end()
        try catalog.close()
        directory.close()
    }

    package var path: String { directory.path }
    package var writeCounts: WriteCounts { catalog.counts }
    /// The number of reads that found stored bytes missing or changed.
    package var damagedReadCount: Int { damage.count }
    package func totals() throws(StorageError) -> StoreTotals { try catalog.totals() }
    /// nil if the system does not report it.
    package var spaceReport: SpaceReport? { space.report }

    // MARK: Buckets

    package func bucket(named name: BucketName) throws(StorageError) -> Bucket? { try catalog.bucket(named: name) }

    package func buckets(_ query: BucketQuery) throws(StorageError) -> [Bucket] { try catalog.buckets(query) }

    /// - Parameter configurations: documents by sub-resource, which the bucket has from its creation.
    /// - Throws: ``StorageError/bucketExists(_:)``.
    package func createBucket(
        _ name: BucketName, owner: String, region: String, versioning: Versioning = .neverEnabled,
        configurations: [String: [UInt8]] = [:]
    ) async throws(StorageError) -> Bucket {
        try await catalog.createBucket(
            NewBucket(
                name: name, owner: owner, region: region, created: clock.time, versioning: versioning,
                configurations: configurations))
    }

    /// - Throws: ``StorageError/bucketNotEmpty``, ``StorageError/noSuchBucket``.
    package func deleteBucket(_ bucket: Bucket) async throws(StorageError) {
        if try await catalog.deleteBucket(bucket) { reaper.wake() }
    }

    package func setVersioning(_ versioning: Versioning, of bucket: Bucket) async throws(StorageError) {
        try await catalog.setVersioning(versioning, of: bucket)
    }

    /// Returns the documents that were put under a bucket's sub-resources.
    package func configurations(of bucket: Bucket) throws(StorageError) -> [String: [UInt8]] {
        try catalog.configurations(of: bucket)
    }

    /// - Parameter document: nil removes it.
    package func setConfiguration(
        _ kind: String, of bucket: Bucket, to document: [UInt8]?
    ) async throws(StorageError) {
        try await catalog.setConfigurations([kind: document], of: bucket)
    }

    /// Sets configurations that belong together, in one transaction.
    ///
    /// - Parameter documents: by sub-resource; nil removes it.
    package func setConfigurations(
        _ documents: [String: [UInt8]?], of bucket: Bucket
    ) async throws(StorageError) {
        try await catalog.setConfigurations(documents, of: bucket)
    }

    /// Changes a configuration with a function, in one transaction.
    ///
    /// - Parameter change: receives nil if the configuration does not exist, and returns nil to remove it.
    /// - Throws: ``StorageError/refused(_:)`` with the function's error; then nothing is changed.
    package func changeConfiguration(
        _ kind: String, of bucket: Bucket,
        _ change: @escaping @Sendable (_ document: [UInt8]?) throws(S3Error) -> [UInt8]?
    ) async throws(StorageError) {
        try await catalog.changeConfiguration(kind, of: bucket, change)
    }

    /// Returns the buckets that have a configuration, whoever owns them.
    package func buckets(withConfiguration kind: String) throws(StorageError) -> [Bucket] {
        try catalog.buckets(withConfiguration: kind)
    }

    // MARK: Accounts and users

    /// Returns the accounts in the order in which they were created.
    package func accounts() throws(StorageError) -> [IAMAccount] { try catalog.accounts() }

    /// Adds an account, or gives the one with its id another name and e-mail address.
    package func setAccount(_ account: IAMAccount) async throws(StorageError) { try await catalog.setAccount(account) }

    /// Returns the configuration documents of accounts: by kind, by account id.
    package func accountConfigurations() throws(StorageError) -> [String: [String: [UInt8]]] {
        try catalog.accountConfigurations()
    }

    /// - Parameter document: nil removes it.
    package func setConfiguration(
        _ kind: String, ofAccount account: String, to document: [UInt8]?
    ) async throws(StorageError) {
        try await catalog.setConfiguration(kind, ofAccount: account, to: document)
    }

    /// Returns the users, groups, roles and policies of each account, by account id.
    package func iam() throws(StorageError) -> [String: IAMDirectory] { try catalog.iam() }

    /// Changes an account's directory with a function, in one transaction.
    ///
    /// - Returns: the function's result, and the directory after the change.
    /// - Throws: ``StorageError/refused(_:)`` with the function's error; then nothing is changed.
    package func changeIAM<Value: Sendable>(
        of account: String, _ change: @escaping @Sendable (inout IAMDirectory) throws(S3Error) -> Value
    ) async throws(StorageError) -> (value: Value, directory: IAMDirectory) {
        try await catalog.changeIAM(of: account, change)
    }

    /// Returns when and for which service an access key was last used, as far as that is stored.
    package func keyUse(of accessKeyID: String) throws(StorageError) -> IAMKeyUse? {
        try catalog.keyUse(of: accessKeyID)
    }

    /// Stores the last uses of access keys; keys that no longer exist are skipped.
    package func setKeyUses(_ uses: [String: IAMKeyUse]) async throws(StorageError) {
        try await catalog.setKeyUses(uses)
    }

    /// Returns a property of the store.
    package func property(_ name: String) throws(StorageError) -> String? { try catalog.property(name) }
    package func setProperty(_ name: String, to value: String) async throws(StorageError) {
        try await catalog.setProperty(name, to: value)
    }

    // MARK: Bodies

    /// - Parameter key: the object's key, under which the body is encrypted; nil stores it unencrypted.
    /// - Throws: ``StorageError/noSpace`` while little space is left: the rest is reserved for deleting and for the
    ///   catalog.
    package func makeBody(key: [UInt8]? = nil) throws(StorageError) -> IncomingBody {
        try requireSpace()
        return IncomingBody(id: SegmentID(catalog.nextID()), blobs: opener.blobs, inlineLimit: inlineLimit, key: key)
    }

    /// Throws if the disk is nearly full: the rest is reserved for deleting.
    func requireSpace() throws(StorageError) {
        guard space.isEnough() else { throw StorageError.noSpace }
    }

    /// Makes a body durable and records it in the catalog.
    func commit<Value: Sendable>(
        _ body: IncomingBody, _ change: (_ segment: NewSegment?) async throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        let segment =
            body.isInFile
            ? try await blocking.run { () throws(StorageError) in try body.seal() } : try body.seal()
        let value: Value
        do throws(StorageError) {
            value = try await change(segment)
        } catch {
            if case .notCommitted = error { body.keep() }
            throw error
        }
        body.keep()
        return value
    }
}
