/// A catalog whose changes tell a cache of records which of them to forget.
final class CachedCatalog: Catalog {
    private let catalog: any Catalog
    private let records: RecordCache

    init(_ catalog: any Catalog, _ records: RecordCache) {
        self.catalog = catalog
        self.records = records
    }

    var counts: WriteCounts { catalog.counts }
    var segmentIDs: IDLease { catalog.segmentIDs }
    var isShared: Bool { catalog.isShared }

    func read<Value: Sendable>(
        _ body: @Sendable (_ rows: any CatalogReads) async throws(StorageError) -> Value
    ) async throws(StorageError) -> Value { try await catalog.read(body) }

    func snapshot<Value: Sendable>(
        _ body: @Sendable (_ rows: any CatalogReads) async throws(StorageError) -> Value
    ) async throws(StorageError) -> Value { try await catalog.snapshot(body) }

    func change<Value: Sendable>(
        _ locks: CatalogLocks, freesSpace: Bool,
        _ body: @escaping @Sendable (_ rows: any CatalogTransaction) async throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        records.begin(locks)
        defer { records.end(locks) }
        return try await catalog.change(locks, freesSpace: freesSpace, body)
    }

    func reusableByteCount() throws(StorageError) -> Int64 { try catalog.reusableByteCount() }
    func close() async throws(StorageError) { try await catalog.close() }
}
