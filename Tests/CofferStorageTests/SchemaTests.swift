import CofferModel
import CofferSQLite
import CofferTestSupport
import Foundation
import Testing

@testable import CofferStorage

/// Catalogs that another version wrote.
struct SchemaTests {
    @Test(arguments: [
        (1, "was written by a version before the first release: copy the objects with that version"),
        (17, "was written by a version before the first release: copy the objects with that version"),
        (99, "was written by a version before the first release: copy the objects with that version"),
        (Schema.version + 1, "was written by a newer version"), (999, "was written by a newer version"),
    ])
    func `A catalog of another version is refused and left as it is`(version: Int, sentence: String) async throws {
        let directory = try await Self.closedStore()
        try Self.setVersion(version, directory)
        let before = try Data(contentsOf: URL(filePath: Self.catalog(directory)))
        for _ in 0..<2 {
            let error = await #expect(throws: StorageError.self) { try await ReopeningTests.reopen(directory) }
            guard case .failed(let refusal) = error else {
                Issue.record("another error: \(String(describing: error))")
                return
            }
            #expect(refusal.contains(sentence), "\(refusal)")
        }
        #expect(try Data(contentsOf: URL(filePath: Self.catalog(directory))) == before)
        #expect((fileSize(Self.catalog(directory) + "-wal") ?? 0) == 0)
        // It can still be opened by the version that wrote it.
        try Self.setVersion(Schema.version, directory)
        let fixture = try await StoreFixture(ReopeningTests.reopen(directory), in: directory)
        #expect(try await fixture.get("a") == StoreFixture.pattern(5000))
    }

    @Test func `A catalog of this version is left alone at the next opening`() async throws {
        let directory = try await Self.closedStore()
        let before = try Self.tables(directory)
        for _ in 0..<2 {
            let store = try await ReopeningTests.reopen(directory)
            let fixture = try await StoreFixture(store, in: directory)
            #expect(try await fixture.get("a") == StoreFixture.pattern(5000))
            try await store.close()
        }
        #expect(try Self.tables(directory) == before)
        let connection = try SQLiteConnection(path: Self.catalog(directory), isReadOnly: true)
        #expect(try connection.first("PRAGMA user_version") { $0.integer(0) } == Int64(Schema.version))
    }

    @Test func `An object whose tags would be refused today is read and deleted`() async throws {
        let fixture = try await StoreFixture()
        try await fixture.put([1, 2, 3], as: "a")
        try fixture.changeCatalog("UPDATE objects SET tags = 'aws%3Acreated=1'")
        #expect(try await fixture.get("a") == [1, 2, 3])
        #expect(try await fixture.current("a")?.attributes.tags == [CofferModel.Tag(key: "aws:created", value: "1")])
        #expect(try await fixture.names() == ["a"])
        try await fixture.delete("a")
        #expect(try await fixture.names().isEmpty)
    }

    // MARK: Steps

    private static func closedStore() async throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        let store = try await StoreFixture.open(directory)
        _ = try await store.createBucket(BucketName("books"), owner: "1", region: "r")
        try await StoreFixture(store, in: directory).put(StoreFixture.pattern(5000), as: "a")
        try await store.close()
        return directory
    }

    private static func catalog(_ directory: TemporaryDirectory) -> String { directory.path + "/data/catalog.sqlite" }

    private static func setVersion(_ version: Int, _ directory: TemporaryDirectory) throws {
        try SQLiteConnection(path: catalog(directory), isReadOnly: false).execute("PRAGMA user_version = \(version)")
    }

    private static func tables(_ directory: TemporaryDirectory) throws -> [String] {
        try SQLiteConnection(path: catalog(directory), isReadOnly: true)
            .all("SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY name") { $0.text(0) }
    }
}
