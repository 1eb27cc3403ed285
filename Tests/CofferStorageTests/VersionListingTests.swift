import CofferModel
import Testing

@testable import CofferStorage

@Suite(.everyEngine) struct VersionListingTests {
    @Test func `Versions are listed by key, the newest first, and one of a key is the latest`() async throws {
        let fixture = try await Self.fixture()
        let listed = try await fixture.versions()
        #expect(
            listed.map { String(decoding: $0.key.bytes, as: UTF8.self) } == ["a", "a", "b", "b", "b", "d/1", "d/2"])
        #expect(listed.map(\.isLatest) == [true, false, true, false, false, true, true])
        #expect(listed.map(\.isDeleteMarker) == [false, false, true, false, false, false, true])
        for (newer, older) in zip(listed, listed.dropFirst()) where newer.key == older.key {
            #expect(newer.sequence > older.sequence)
        }
    }

    @Test(arguments: [
        ("", "/", "", ["a", "a", "b", "b", "b", "d/"]), ("d/", "/", "", ["d/1", "d/2"]),
        ("b", "", "", ["b", "b", "b"]), ("", "/", "a", ["b", "b", "b", "d/"]), ("", "/", "d/", []),
        ("", "", "b", ["d/1", "d/2"]), ("x", "", "", []),
    ])
    func `Versions are listed by prefix, delimiter and position`(
        prefix: String, delimiter: String, after: String, names: [String]
    ) async throws {
        let fixture = try await Self.fixture()
        let query = ListQuery(
            prefix: Array(prefix.utf8), delimiter: Array(delimiter.utf8), after: Array(after.utf8), limit: 1000)
        let page = try await fixture.store.listVersions(VersionQuery(keys: query), in: fixture.bucket)
        #expect(page.entries.map { String(decoding: $0.name, as: UTF8.self) } == names && !page.isTruncated)
    }

    @Test(arguments: [1, 2, 3, 100], ["", "/"])
    func `Pages of any length make up the whole`(limit: Int, delimiter: String) async throws {
        let fixture = try await Self.fixture()
        let whole = VersionQuery(keys: ListQuery(delimiter: Array(delimiter.utf8), limit: 1000))
        let expected = try await fixture.store.listVersions(whole, in: fixture.bucket).entries.map(Self.text)
        var query = whole
        query.keys.limit = limit
        var (found, latest) = ([String](), [Bool]())
        while true {
            let page = try await fixture.store.listVersions(query, in: fixture.bucket)
            found += page.entries.map(Self.text)
            for case .item(let item) in page.entries { latest.append(item.isLatest) }
            guard page.isTruncated, let last = page.entries.last else { break }
            #expect(page.entries.count == limit)
            Self.advance(&query, behind: last)
        }
        #expect(found == expected)
        #expect(latest.count { $0 } == (delimiter.isEmpty ? 4 : 2))
    }

    /// What clients do that empty a bucket: what is removed must not make the next page pass over what is left.
    @Test(arguments: [1, 2, 3, 4])
    func `Pages whose versions are deleted before the next is asked for reach all versions`(limit: Int) async throws {
        let fixture = try await Self.fixture()
        var query = VersionQuery(keys: ListQuery(limit: limit))
        while true {
            let page = try await fixture.store.listVersions(query, in: fixture.bucket)
            for case .item(let item) in page.entries {
                let current = try await fixture.store.object(item.key, in: fixture.bucket)
                #expect(item.isLatest == (current?.version == item.version))
            }
            for case .item(let item) in page.entries {
                try await fixture.delete(Deletion(key: item.key, version: item.version))
            }
            guard page.isTruncated, let last = page.entries.last else { break }
            Self.advance(&query, behind: last)
        }
        #expect(try await fixture.versions().isEmpty)
        try await fixture.store.deleteBucket(fixture.bucket)
    }

    @Test func `A marker outside the prefix does not end the listing`() async throws {
        let fixture = try await Self.fixture()
        let first = try #require(try await fixture.versions().first)
        let query = ListQuery(prefix: Array("b".utf8), after: Array("a".utf8), limit: 10)
        #expect(try await fixture.versions(query, after: first.version).count == 3)
        let behind = ListQuery(prefix: Array("a".utf8), after: Array("b".utf8), limit: 10)
        #expect(try await fixture.versions(behind, after: first.version).isEmpty)
    }

    @Test func `A marker that names no version of its key goes on where one would stand`() async throws {
        let fixture = try await Self.fixture()
        let versions = try await fixture.versions().filter { $0.key.bytes == Array("b".utf8) }
        let between = VersionID(sequence: versions[1].sequence + 1)
        let query = ListQuery(after: Array("b".utf8), limit: 10)
        #expect(
            try await fixture.versions(query, after: between).map(\.version).prefix(2) == versions.map(\.version)[1...])
    }

    @Test func `A listing of objects does not meet the versions of a key`() async throws {
        let fixture = try await StoreFixture()
        let other = try await fixture.store.createBucket(BucketName("films"), owner: "1", region: "r")
        try await fixture.setVersioning(.enabled)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<1000 {
                for bucket in [fixture.bucket, other] {
                    group.addTask { try await fixture.put([], as: "k\(index)", in: bucket) }
                }
                group.addTask { try await fixture.put([], as: "k500") }
            }
            try await group.waitForAll()
        }
        #expect(try await fixture.versions().count == 2000)
        // By turns, so that what runs beside it slows both down; and longer while it slows one down more.
        var (with, without) = (Duration.seconds(1000), Duration.seconds(1000))
        for turn in 0..<200 where turn < 25 || with >= without * 3 {
            with = min(with, try await Self.listing(of: fixture.bucket, fixture.store))
            without = min(without, try await Self.listing(of: other, fixture.store))
        }
        #expect(with < without * 3, "\(with) with the versions, \(without) without")
    }

    // MARK: Steps

    /// Keys with one and with several versions, with markers on top and between, and with null versions.
    private static func fixture() async throws -> StoreFixture {
        let fixture = try await StoreFixture()
        try await fixture.put([1], as: "b")
        try await fixture.setVersioning(.enabled)
        for name in ["a", "d/1", "b"] { try await fixture.put([2], as: name) }
        try await fixture.delete("b", "d/2")
        try await fixture.setVersioning(.suspended)
        try await fixture.put([3], as: "a")
        return fixture
    }

    private static func text(_ entry: VersionPage.Entry) -> String {
        let name = String(decoding: entry.name, as: UTF8.self)
        guard case .item(let item) = entry else { return name }
        return "\(name) \(item.version)"
    }

    private static func advance(_ query: inout VersionQuery, behind last: VersionPage.Entry) {
        query.keys.after = last.name
        query.afterVersion = if case .item(let item) = last { item.version } else { nil }
    }

    /// The time that a listing of a thousand objects takes.
    private static func listing(of bucket: Bucket, _ store: ObjectStore) async throws -> Duration {
        let start = ContinuousClock.now
        #expect(try await store.list(ListQuery(limit: 1000), in: bucket).entries.count == 1000)
        return start.duration(to: .now)
    }
}
