@testable import CofferStorage

/// A catalog that checks that every change declares the locks of what it decides on and of what it writes. An engine
/// that runs changes concurrently relies on that.
final class LockCheckingCatalog: Catalog {
    let checked: any Catalog

    init(_ checked: any Catalog) { self.checked = checked }

    var counts: WriteCounts { checked.counts }
    var segmentIDs: IDLease { checked.segmentIDs }
    var isShared: Bool { checked.isShared }

    func read<Value: Sendable>(
        _ body: @Sendable (_ rows: any CatalogReads) async throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        try await checked.read(body)
    }

    func snapshot<Value: Sendable>(
        _ body: @Sendable (_ rows: any CatalogReads) async throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        try await checked.snapshot(body)
    }

    func change<Value: Sendable>(
        _ locks: CatalogLocks, freesSpace: Bool,
        _ body: @escaping @Sendable (_ rows: any CatalogTransaction) async throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        try await checked.change(locks, freesSpace: freesSpace) { rows async throws(StorageError) in
            try await body(LockCheckingTransaction(rows, LockChecks(locks)))
        }
    }

    func reusableByteCount() throws(StorageError) -> Int64 { try checked.reusableByteCount() }
    func close() async throws(StorageError) { try await checked.close() }
}
