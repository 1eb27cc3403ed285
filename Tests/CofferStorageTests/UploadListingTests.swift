import CofferModel
import Testing

@testable import CofferStorage

@Suite(.everyEngine) struct UploadListingTests {
    @Test(arguments: [
        ("", "", "", ["a", "a", "b/1", "b/2", "c", "c", "c"]), ("", "/", "", ["a", "a", "b/", "c", "c", "c"]),
        ("b/", "/", "", ["b/1", "b/2"]), ("", "", "a", ["b/1", "b/2", "c", "c", "c"]),
        ("", "/", "b/", ["c", "c", "c"]),
        ("x", "", "", []),
    ])
    func `Uploads are listed by key, prefix, delimiter and position`(
        prefix: String, delimiter: String, after: String, names: [String]
    ) async throws {
        let (fixture, _) = try await Self.fixture()
        let query = UploadQuery(
            prefix: Array(prefix.utf8), delimiter: Array(delimiter.utf8), afterKey: Array(after.utf8), afterUpload: "",
            limit: 100)
        let page = try await fixture.uploads(query)
        #expect(page.entries.map { String(decoding: $0.name, as: UTF8.self) } == names && !page.isTruncated)
    }

    @Test func `Uploads of one key are listed in the order in which they were begun`() async throws {
        let (fixture, begun) = try await Self.fixture()
        let listed = try await fixture.uploads().entries.compactMap(Self.upload)
        for key in ["a", "c"] {
            let ids = begun.filter { $0.key.description == key }.map(\.uploadID)
            #expect(listed.filter { $0.key.description == key }.map(\.uploadID) == ids)
        }
    }

    @Test(arguments: [1, 2, 3, 10], ["", "/"])
    func `Pages of any length make up the whole`(limit: Int, delimiter: String) async throws {
        let (fixture, _) = try await Self.fixture()
        var query = UploadQuery(
            prefix: [], delimiter: Array(delimiter.utf8), afterKey: [], afterUpload: "", limit: 100)
        let expected = try await fixture.uploads(query).entries.map(Self.text)
        query.limit = limit
        var found: [String] = []
        while true {
            let page = try await fixture.uploads(query)
            found += page.entries.map(Self.text)
            guard page.isTruncated, let last = page.entries.last else { break }
            query.afterKey = last.name
            query.afterUpload = Self.upload(last)?.uploadID ?? ""
        }
        #expect(found == expected)
    }

    @Test func `Pages whose uploads are aborted before the next is asked for reach all uploads`() async throws {
        let (fixture, _) = try await Self.fixture()
        var query = UploadQuery(prefix: [], delimiter: [], afterKey: [], afterUpload: "", limit: 2)
        while true {
            let page = try await fixture.uploads(query)
            for upload in page.entries.compactMap(Self.upload) {
                try await fixture.store.abort(upload, in: fixture.bucket)
            }
            guard page.isTruncated, let last = page.entries.last else { break }
            query.afterKey = last.name
            query.afterUpload = Self.upload(last)?.uploadID ?? ""
        }
        #expect(try await fixture.uploads().entries.isEmpty)
    }

    @Test func `A marker outside the prefix does not end the listing`() async throws {
        let (fixture, begun) = try await Self.fixture()
        let query = UploadQuery(
            prefix: Array("c".utf8), delimiter: [], afterKey: Array("a".utf8), afterUpload: begun[0].uploadID, limit: 10
        )
        #expect(try await fixture.uploads(query).entries.count == 3)
    }

    private static func fixture() async throws -> (StoreFixture, [Upload]) {
        let fixture = try await StoreFixture()
        var begun: [Upload] = []
        for name in ["c", "a", "b/2", "c", "b/1", "a", "c"] { begun.append(try await fixture.createUpload(name)) }
        let finished = try await fixture.createUpload("b")
        try await fixture.put([1], asPart: 1, of: finished)
        try await fixture.complete(finished)
        return (fixture, begun)
    }

    private static func upload(_ entry: UploadPage.Entry) -> Upload? {
        guard case .item(let upload) = entry else { return nil }
        return upload
    }

    private static func text(_ entry: UploadPage.Entry) -> String {
        "\(String(decoding: entry.name, as: UTF8.self)) \(upload(entry)?.uploadID ?? "")"
    }
}
