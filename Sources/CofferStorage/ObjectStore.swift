package import CofferCrypto
import CofferModel
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
    /// nil if other processes change the catalog as well.
    let records: RecordCache?
    let opener: SegmentOpener
    let damage = DamageCounter()
    let blocking = BlockingQueue()
    let pins = SegmentPins()
    let contentReads = ContentReads()
    /// Work in the background. Other parts of the service may add to it.
    package let jobs: JobRunner
    let iamRules: IAMRules
    private let space: FreeSpace
    private let inlineLimit: Int

    package enum Durability: String, Sendable, CaseIterable {
        /// Every acknowledged change survives a loss of power.
        case full
        /// No write waits for the disk: for tests.
        case relaxed
    }

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
    package convenience init(
        path: String?, durability: Durability = .full, inlineLimit: Int = StorageLimits.inlineByteCount,
        reserveByteCount: Int64? = nil, fileSystem: any FileSystem = PosixFileSystem(), clock: ServiceClock = .system,
        onFault: @escaping @Sendable (StorageError) -> Void,
        onNotice: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws(StorageError) {
        let syncs = durability == .full && path != nil
        let engine = try await StorageEngine(
            path: path, syncs: syncs, reserveByteCount: reserveByteCount, fileSystem: fileSystem, clock: clock,
            onNotice: onNotice
        ) { directory, reserve throws(StorageError) in
            try SQLiteCatalog(
                path: directory.catalogPath, fileSystem: fileSystem, syncs: syncs, reserve: reserve, clock: clock,
                onFault: onFault)
        }
        try await self.init(engine, inlineLimit: inlineLimit, clock: clock, onFault: onFault, onNotice: onNotice)
    }

    init(
        _ engine: StorageEngine, inlineLimit: Int, clock: ServiceClock,
        onFault: @escaping @Sendable (StorageError) -> Void, onNotice: @escaping @Sendable (String) -> Void
    ) async throws(StorageError) {
        directory = engine.directory
        secrets = engine.secrets
        let records = engine.catalog.isShared ? nil : RecordCache()
        self.records = records
        catalog = records.map { CachedCatalog(engine.catalog, $0) } ?? engine.catalog
        space = engine.space
        opener = SegmentOpener(
            catalog: engine.catalog, blobs: engine.blobs, verified: VerifiedStretches(clock: clock))
        iamRules = IAMRules(secrets: engine.secrets.derived(for: "access keys"))
        jobs = JobRunner(catalog: engine.catalog, clock: clock, blocking: blocking, onFault: onFault)
        self.clock = clock
        self.inlineLimit = inlineLimit
        // The first check reports how full the disk is at the start.
        _ = space.isEnough()
        try await jobs.start(GarbageCollection(catalog: catalog, blobs: opener.blobs, pins: pins))
        try await jobs.start(
            OrphanSweep(catalog: catalog, blobs: opener.blobs, clock: clock, onFault: onFault, onNotice: onNotice))
    }

    /// Ends the store's work and releases its directory; the store must not be used afterwards.
    package func close() async throws(StorageError) {
        await jobs.end()
        try await catalog.close()
        directory.close()
    }

    package var path: String { directory.path }
    package var writeCounts: WriteCounts { catalog.counts }
    /// The number of reads that found stored bytes missing or changed.
    package var damagedReadCount: Int { damage.count }
    /// nil if the system does not report it.
    package var spaceReport: SpaceReport? { space.report }

    package func totals() async throws(StorageError) -> StoreTotals {
        try await catalog.read { rows async throws(StorageError) in try await rows.totals() }
    }

    // MARK: The store itself

    /// Whether other processes can change the catalog.
    package var isShared: Bool { catalog.isShared }

    /// Returns the number of changes to a topic, which whoever keeps something of it in memory compares; nil if no other
    /// process can change the catalog, so that nothing has to be compared.
    package func sharedRevision(of topic: CatalogTopic) async throws(StorageError) -> Int64? {
        guard catalog.isShared else { return nil }
        return try await catalog.read { rows async throws(StorageError) in try await rows.revision(of: topic) }
    }

    /// Returns a property of the store.
    package func property(_ name: String) async throws(StorageError) -> String? {
        try await catalog.read { rows async throws(StorageError) in try await rows.property(name) }
    }

    package func setProperty(_ name: String, to value: String) async throws(StorageError) {
        try await catalog.change(.none) { rows async throws(StorageError) in
            try await rows.setProperty(name, to: value)
        }
    }

    // MARK: Bodies

    /// - Parameter key: the object's key, under which the body is encrypted; nil stores it unencrypted.
    /// - Throws: ``StorageError/noSpace`` while little space is left: the rest is reserved for deleting and for the
    ///   catalog.
    package func makeBody(key: [UInt8]? = nil) throws(StorageError) -> IncomingBody {
        try requireSpace()
        return IncomingBody(
            id: SegmentID(catalog.segmentIDs.next()), blobs: opener.blobs, inlineLimit: inlineLimit, key: key)
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
            ? try await blocking.run { () async throws(StorageError) in try body.seal() } : try body.seal()
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

    /// Removes the files of segments that are no longer referenced, in the background.
    func collectGarbage() { jobs.wake(GarbageCollection.name) }

    func collectGarbage(after written: WriteOutcome) -> WriteOutcome {
        if written.madeGarbage { collectGarbage() }
        return written
    }
}
