package import CofferCrypto
package import CofferModel
package import CofferSystem
import Glibc

/// Buckets and objects on a disk: a catalog, which is the point of truth, and files for larger bodies.
///
/// A change is acknowledged when it survives a loss of power, unless the store was opened as relaxed. A crash at any
/// moment leaves either the old state or the new one.
package final class ObjectStore: Sendable {
    private let directory: DataDirectory
    /// Seals what must not stand in plain text, under the directory's own key.
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
        /// Nothing waits for the disk: for tests.
        case relaxed
    }

    /// Bodies up to this size stand in the catalog. Measured: durable PUTs of 32 KiB by 64 clients are 3.9 times as many
    /// as into files, GETs cost the same; from 64 KiB on a GET from the catalog costs more.
    package static let defaultInlineLimit = 32 << 10

    /// Free space below which no bodies are taken, unless the disk is small: more than the catalog's log can grow to before
    /// it is moved.
    package static let defaultReserveByteCount: Int64 = 96 << 20

    /// Whether there is a store in a directory.
    package static func exists(at path: String) -> Bool { access(path + "/catalog.sqlite", F_OK) == 0 }

    /// Opens or creates a store.
    ///
    /// - Parameters:
    ///   - path: its directory; nil makes a temporary one, which is removed when the store is closed.
    ///   - reserveByteCount: free space below which no bodies are taken; nil for the usual.
    ///   - clock: of the service; the only source of times.
    ///   - onFault: called with failures of work in the background.
    ///   - onNotice: called with what an operator should know: how the disk is filled, what was removed after a crash.
    /// - Throws: ``StorageError/failed(_:)`` and ``StorageError/damaged(_:)`` with a sentence for the operator.
    package init(
        path: String?, durability: Durability = .full, inlineLimit: Int = ObjectStore.defaultInlineLimit,
        reserveByteCount: Int64? = nil, clock: ServiceClock = .system,
        onFault: @escaping @Sendable (StorageError) -> Void,
        onNotice: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(StorageError) {
        let syncs = durability == .full && path != nil
        let directory = try DataDirectory(path: path, syncs: syncs)
        try directory.requireCatalog()
        let reserve = SpaceReserve(directory: directory.path, isKept: path != nil, onNotice: onNotice)
        let secrets = SecretBox(
            key: try SecretsKey.open(in: directory.path) { () throws(StorageError) in
                try SQLiteCatalog.holdsSecrets(path: directory.catalogPath)
            })
        let catalog = try Self.onFullDisk(releasing: reserve) { () throws(StorageError) in
            try SQLiteCatalog(
                path: directory.catalogPath, syncs: syncs, secrets: secrets.derived(for: "access keys"),
                reserve: reserve, clock: clock, onFault: onFault)
        }
        // Before there is anything in `blobs`, which tells that there was a catalog.
        if syncs { try syncDirectory(directory.path) }
        try directory.requireBlobs(catalog)
        let blobs = try DirectoryBlobStore(path: directory.blobsPath, syncs: syncs)
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
            path: directory.path, reserveByteCount: reserveByteCount, reserve: reserve, clock: clock,
            onNotice: onNotice
        ) { () throws(StorageError) in try catalog.reusableByteCount() }
        // The first look tells how full the disk is at the start.
        _ = space.isEnough()
        reaper.wake()
        sweep.start()
    }

    /// Runs a step of the start once more with the room that was kept for it.
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

    /// Ends the store's work and lets go of its directory; nothing may be asked of it afterwards.
    package func close() async throws(StorageError) {
        await sweep.end()
        await reaper.end()
        try catalog.close()
        directory.close()
    }

    package var path: String { directory.path }
    package var writeCounts: WriteCounts { catalog.counts }
    /// Reads that found stored bytes missing or changed.
    package var damagedReadCount: Int { damage.count }
    package func totals() throws(StorageError) -> StoreTotals { try catalog.totals() }
    /// nil where the system does not tell.
    package var spaceReport: SpaceReport? { space.report }

    // MARK: Buckets

    package func bucket(named name: BucketName) throws(StorageError) -> Bucket? { try catalog.bucket(named: name) }

    package func buckets(_ query: BucketQuery) throws(StorageError) -> [Bucket] { try catalog.buckets(query) }

    /// - Parameter configurations: documents by sub-resource, which the bucket has from its first moment.
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

    /// The documents that were put under a bucket's sub-resources.
    package func configurations(of bucket: Bucket) throws(StorageError) -> [String: [UInt8]] {
        try catalog.configurations(of: bucket)
    }

    /// - Parameter document: nil removes it.
    package func setConfiguration(
        _ kind: String, of bucket: Bucket, to document: [UInt8]?
    ) async throws(StorageError) {
        try await catalog.setConfigurations([kind: document], of: bucket)
    }

    /// Sets those that belong together, in one transaction.
    ///
    /// - Parameter documents: by sub-resource; nil removes it.
    package func setConfigurations(
        _ documents: [String: [UInt8]?], of bucket: Bucket
    ) async throws(StorageError) {
        try await catalog.setConfigurations(documents, of: bucket)
    }

    /// Changes one by a function of it, in one transaction.
    ///
    /// - Parameter change: gets nil where there is none, and returns nil to remove it.
    /// - Throws: ``StorageError/refused(_:)`` with the function's error; then nothing is changed.
    package func changeConfiguration(
        _ kind: String, of bucket: Bucket,
        _ change: @escaping @Sendable (_ document: [UInt8]?) throws(S3Error) -> [UInt8]?
    ) async throws(StorageError) {
        try await catalog.changeConfiguration(kind, of: bucket, change)
    }

    /// Whoever owns them.
    package func buckets(withConfiguration kind: String) throws(StorageError) -> [Bucket] {
        try catalog.buckets(withConfiguration: kind)
    }

    // MARK: Accounts and users

    /// In the order in which they were made.
    package func accounts() throws(StorageError) -> [IAMAccount] { try catalog.accounts() }

    /// Adds an account, or gives the one with its id another name and e-mail address.
    package func setAccount(_ account: IAMAccount) async throws(StorageError) { try await catalog.setAccount(account) }

    /// The documents that were put for whole accounts: by kind, by the account's id.
    package func accountConfigurations() throws(StorageError) -> [String: [String: [UInt8]]] {
        try catalog.accountConfigurations()
    }

    /// - Parameter document: nil removes it.
    package func setConfiguration(
        _ kind: String, ofAccount account: String, to document: [UInt8]?
    ) async throws(StorageError) {
        try await catalog.setConfiguration(kind, ofAccount: account, to: document)
    }

    /// Who there is in each account, by its id, and what they may do.
    package func iam() throws(StorageError) -> [String: IAMDirectory] { try catalog.iam() }

    /// Changes an account's directory by a function of it, in one transaction.
    ///
    /// - Returns: what the function returns, and the directory after the change.
    /// - Throws: ``StorageError/refused(_:)`` with the function's error; then nothing is changed.
    package func changeIAM<Value: Sendable>(
        of account: String, _ change: @escaping @Sendable (inout IAMDirectory) throws(S3Error) -> Value
    ) async throws(StorageError) -> (value: Value, directory: IAMDirectory) {
        try await catalog.changeIAM(of: account, change)
    }

    /// When and for what an access key was last used, as far as that is stored.
    package func keyUse(of accessKeyID: String) throws(StorageError) -> IAMKeyUse? {
        try catalog.keyUse(of: accessKeyID)
    }

    /// Keys that are gone are passed over.
    package func setKeyUses(_ uses: [String: IAMKeyUse]) async throws(StorageError) {
        try await catalog.setKeyUses(uses)
    }

    /// What is remembered of the store as a whole.
    package func property(_ name: String) throws(StorageError) -> String? { try catalog.property(name) }
    package func setProperty(_ name: String, to value: String) async throws(StorageError) {
        try await catalog.setProperty(name, to: value)
    }

    // MARK: Bodies

    /// - Parameter key: of the object, under which the body is encrypted; nil stores it as it is.
    /// - Throws: ``StorageError/noSpace`` while little space is left: what is left is for deleting and for the catalog.
    package func makeBody(key: [UInt8]? = nil) throws(StorageError) -> IncomingBody {
        try requireSpace()
        return IncomingBody(id: SegmentID(catalog.nextID()), blobs: opener.blobs, inlineLimit: inlineLimit, key: key)
    }

    /// What is left of a nearly full disk is for deleting.
    func requireSpace() throws(StorageError) {
        guard space.isEnough() else { throw StorageError.noSpace }
    }

    /// Makes a body durable and has the catalog name it.
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
