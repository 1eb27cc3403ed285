import CofferModel
import CofferTestSupport
import Testing

@testable import CofferStorage

@Suite(.everyEngine) struct ListingTests {
    @Test(arguments: [
        ("", "", "", ["a", "a/", "a/b", "a/b/c", "a0", "b", "é", "😀"]),
        ("a", "", "", ["a", "a/", "a/b", "a/b/c", "a0"]),
        ("a/", "", "", ["a/", "a/b", "a/b/c"]), ("", "/", "", ["a", "a/", "a0", "b", "é", "😀"]),
        ("a/", "/", "", ["a/", "a/b", "a/b/"]), ("a/b", "/", "", ["a/b", "a/b/"]),
        ("", "/", "a", ["a/", "a0", "b", "é", "😀"]),
        ("", "/", "a/", ["a0", "b", "é", "😀"]), ("", "", "a/b", ["a/b/c", "a0", "b", "é", "😀"]), ("a", "", "b", []),
        ("b", "", "a", ["b"]), ("", "a", "", ["a", "b", "é", "😀"]), ("x", "/", "", []),
        ("", "/b", "", ["a", "a/", "a/b", "a0", "b", "é", "😀"]),
    ])
    func `A listing is in the order of bytes, by prefix, delimiter and position`(
        prefix: String, delimiter: String, after: String, names: [String]
    ) async throws {
        let fixture = try await StoreFixture()
        for name in ["😀", "é", "b", "a0", "a/b/c", "a/b", "a/", "a"] { try await fixture.put([], as: name) }
        let query = ListQuery(
            prefix: Array(prefix.utf8), delimiter: Array(delimiter.utf8), after: Array(after.utf8), limit: 1000)
        #expect(try await fixture.names(query) == names)
    }

    @Test func `A page says whether there is more`() async throws {
        let fixture = try await StoreFixture()
        for name in ["a/1", "a/2", "b", "c/1"] { try await fixture.put([], as: name) }
        for (limit, isTruncated) in [(0, false), (1, true), (2, true), (3, false), (4, false)] {
            let page = try await fixture.store.list(ListQuery(delimiter: [47], limit: limit), in: fixture.bucket)
            #expect(page.entries.count == min(limit, 3))
            #expect(page.isTruncated == isTruncated, "limit \(limit)")
        }
    }

    @Test func `Buckets do not see each other's keys`() async throws {
        let fixture = try await StoreFixture()
        let other = try await fixture.store.createBucket(BucketName("films"), owner: "1", region: "r")
        try await fixture.put([], as: "a")
        try await fixture.put([], as: "b", in: other)
        #expect(try await fixture.names() == ["a"])
        #expect(try await fixture.store.list(ListQuery(limit: 10), in: other).entries.map(\.name) == [[98]])
    }

    /// The texts of a page's rows are one after another, and more than there is room for at first.
    @Test func `Every row of a long listing has its own texts`() async throws {
        let fixture = try await StoreFixture()
        let names = (100..<160).map { "\($0)" + String(repeating: "k", count: 1000) }
        for name in names {
            try await fixture.put([], as: name, fields: [("x-amz-meta-name", name)])
        }
        let page = try await fixture.store.list(ListQuery(limit: 100), in: fixture.bucket)
        let rows = page.entries.compactMap { if case .item(let item) = $0 { item } else { nil } }
        #expect(rows.map(\.key.description) == names)
        for row in rows {
            #expect(row.ownerID == "1")
            let record = try #require(try await fixture.store.object(row.key, in: fixture.bucket))
            row.withTexts { key, etag, fields in
                let texts = [String(copying: key), String(copying: etag), String(copying: fields)]
                #expect(texts == [record.key.description, record.etag.value, record.attributes.fieldLines])
            }
        }
    }

    @Test func `An empty bucket has an empty listing`() async throws {
        let fixture = try await StoreFixture()
        #expect(try await fixture.names().isEmpty)
        #expect(try await fixture.names(ListQuery(prefix: [97], delimiter: [47], after: [98], limit: 5)).isEmpty)
    }

    @Test func `A listing skips what lies below a common prefix`() async throws {
        let fixture = try await StoreFixture()
        let keys = (0..<20_000).map { "dir\($0 % 2)/\($0)" }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for name in keys { group.addTask { try await fixture.put([], as: name) } }
            try await group.waitForAll()
        }
        let skipping = ListQuery(delimiter: [47], limit: 10)
        #expect(try await fixture.names(skipping) == ["dir0/", "dir1/"])
        #expect(try await fixture.names(ListQuery(limit: 20_000)).count == 20_000)
        let walks = try await StoreFixture.fastest(of: 3) { try await fixture.names(ListQuery(limit: 20_000)) }
        // What runs beside it may hold up one of them, and hardly two hundred.
        var skips = Duration.seconds(1000)
        for _ in 0..<10 where skips * 2 >= walks {
            skips = min(skips, try await StoreFixture.fastest(of: 20) { try await fixture.names(skipping) })
        }
        #expect(skips * 2 < walks)
    }

    /// Keys of few letters, so that prefixes, delimiters and keys meet in every way; against the definition itself.
    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func `Random listings agree with the definition, whole and page by page`(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let fixture = try await StoreFixture()
        let letters = ["a", "b", "/", "é", "\u{7f}", "😀", "\u{10ffff}", "\u{1}", "%"]
        func word(_ lengths: ClosedRange<Int>) -> String {
            (0..<Int.random(in: lengths, using: &random)).map { _ in letters.randomElement(using: &random) ?? "" }
                .joined()
        }
        let keys = Set((0..<150).map { _ in Array(word(1...5).utf8) })
        for key in keys { try await fixture.put([], as: String(decoding: key, as: UTF8.self)) }
        for _ in 0..<200 {
            var query = ListQuery(
                prefix: Array(word(0...2).utf8), delimiter: Array(word(0...2).utf8),
                after: Bool.random(using: &random) ? [] : Array(word(0...4).utf8), limit: 1000)
            let expected = Self.definition(keys, query)
            let page = try await fixture.store.list(query, in: fixture.bucket)
            #expect(page.entries.map(\.name) == expected && !page.isTruncated, "seed \(seed): \(query)")
            query.limit = Int.random(in: 1...5, using: &random)
            #expect(try await Self.walk(query, fixture) == expected, "seed \(seed): \(query)")
        }
    }

    private static func definition(_ keys: Set<[UInt8]>, _ query: ListQuery) -> [[UInt8]] {
        let names = keys.filter { $0.starts(with: query.prefix) }.map { key in
            let rest = key.dropFirst(query.prefix.count)
            let range = query.delimiter.isEmpty ? nil : rest.firstRange(of: query.delimiter)
            return range.map { Array(key[..<$0.upperBound]) } ?? key
        }
        return Set(names).filter { query.after.lexicographicallyPrecedes($0) }
            .sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// All pages, each beginning behind the last name of the one before.
    private static func walk(_ query: ListQuery, _ fixture: StoreFixture) async throws -> [[UInt8]] {
        var (query, names) = (query, [[UInt8]]())
        while true {
            let page = try await fixture.store.list(query, in: fixture.bucket)
            names += page.entries.map(\.name)
            guard page.isTruncated, let last = names.last else { return names }
            #expect(page.entries.count == query.limit)
            query.after = last
        }
    }
}
