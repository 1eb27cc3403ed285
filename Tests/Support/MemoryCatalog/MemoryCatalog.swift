import CofferModel
import CofferSystem
import Synchronization

@testable import CofferStorage

/// A catalog in memory, whose rows are one value: a read copies it, and a change works on a copy that becomes the
/// catalog when it succeeds. Changes run one after another.
final class MemoryCatalog: Catalog {
    let segmentIDs = IDLease(number: 1)
    /// Several stores may use it.
    let isShared = true
    private let clock: ServiceClock
    private let state: Mutex<State>

    private struct State {
        var rows: MemoryRows
        var counts = WriteCounts()
        /// The change that was begun last.
        var last: Task<Void, Never>?
    }

    /// Reads each of which sees the rows as they are when it begins.
    private struct Reads: MemoryReads {
        let catalog: MemoryCatalog
        var rows: MemoryRows { catalog.rows }
    }

    init(clock: ServiceClock) {
        self.clock = clock
        state = Mutex(State(rows: MemoryRows(created: clock.time)))
    }

    var rows: MemoryRows { state.withLock { $0.rows } }
    var counts: WriteCounts { state.withLock { $0.counts } }

    func read<Value: Sendable>(
        _ body: @Sendable (_ rows: any CatalogReads) async throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        try await body(Reads(catalog: self))
    }

    func snapshot<Value: Sendable>(
        _ body: @Sendable (_ rows: any CatalogReads) async throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        try await body(rows)
    }

    func change<Value: Sendable>(
        _ locks: CatalogLocks, freesSpace: Bool,
        _ body: @escaping @Sendable (_ rows: any CatalogTransaction) async throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        let change = state.withLock { state in
            let change = Task { [last = state.last] in
                await last?.value
                return await self.run(body)
            }
            state.last = Task { _ = await change.value }
            return change
        }
        return try await change.value.get()
    }

    private func run<Value>(
        _ body: (_ rows: any CatalogTransaction) async throws(StorageError) -> Value
    ) async -> Result<Value, StorageError> {
        let transaction = MemoryTransaction(rows, time: clock.time)
        do throws(StorageError) {
            let value = try await body(transaction)
            state.withLock { state in
                state.rows = transaction.rows
                state.counts.commits += 1
                state.counts.changes += 1
            }
            return .success(value)
        } catch {
            return .failure(error)
        }
    }

    func reusableByteCount() -> Int64 { 0 }

    func close() async throws(StorageError) { await state.withLock { $0.last }?.value }
}
