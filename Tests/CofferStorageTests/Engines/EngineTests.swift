import CofferModel
import Synchronization
import Testing

@testable import CofferStorage

/// That the tests of every engine are run with every engine.
@Suite(.everyEngine, .serialized) struct EngineTests {
    private static let seen = Mutex<[Engine]>([])

    @Test func `A test is run once with each engine`() async throws {
        let seen = Self.seen.withLock { seen in
            seen.append(Engine.current)
            return seen
        }
        #expect(seen == Array(Engine.allCases.prefix(seen.count)))
        let catalog = try await StoreFixture().store.catalog
        #expect(catalog.isShared == (Engine.current == .memory))
    }

    @Test func `A change that writes a key without its lock is noticed`() async throws {
        guard Engine.current == .memory else { return }
        let fixture = try await StoreFixture()
        let bucket = fixture.bucket
        let record = try await fixture.put([1], as: "a")
        let undeclared: [(CatalogLocks, @Sendable (any CatalogTransaction) async throws(StorageError) -> Void)] = [
            (.none, { rows async throws(StorageError) in _ = try await rows.current(record.key, in: bucket) }),
            (
                .keys([try fixture.key("b")], of: bucket),
                { rows async throws(StorageError) in try await rows.putCurrent(record, in: bucket) }
            ),
            (
                CatalogLocks(sourceBucket: bucket.id, sourceKeys: [record.key]),
                { rows async throws(StorageError) in try await rows.removeCurrent(record.key, in: bucket) }
            ),
            (
                .keys([record.key], of: bucket),
                { rows async throws(StorageError) in try await rows.setVersioning(.enabled, of: bucket) }
            ),
            (
                CatalogLocks(bucket: bucket.id, upload: 1),
                { rows async throws(StorageError) in try await rows.removeParts(of: 1) }
            ),
            (
                CatalogLocks(upload: 1, part: 2),
                { rows async throws(StorageError) in _ = try await rows.part(2, of: 1) }
            ),
            (.none, { rows async throws(StorageError) in _ = try await rows.nextSequence() }),
        ]
        for (locks, change) in undeclared {
            await withKnownIssue {
                try await fixture.store.catalog.change(locks) { rows async throws(StorageError) in
                    try await change(rows)
                }
            }
        }
    }
}
