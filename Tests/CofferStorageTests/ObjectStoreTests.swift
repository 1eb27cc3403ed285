import CofferModel
import CofferSystem
import Testing

@testable import CofferStorage

@Suite(.everyEngine) struct ObjectStoreTests {
    @Test(arguments: [0, 1, 99, 100, 101, 5000, 300_000], [1, 7, 100, 4096, 1 << 20])
    func `A body put in pieces is read as it was`(count: Int, pieceLength: Int) async throws {
        guard count <= pieceLength * 10_000 else { return }  // A byte at a time would only take long.
        let fixture = try await StoreFixture()
        let bytes = StoreFixture.pattern(count)
        let body = try fixture.store.makeBody()
        for start in stride(from: 0, to: count, by: pieceLength) {
            try body.append(bytes.span.extracting(start..<min(start + pieceLength, count)))
        }
        let record = try await fixture.store.put(
            body, as: fixture.key("a"), in: fixture.bucket, etag: ETag("e"), attributes: StoredAttributes(fields: []),
            owner: "1"
        ).record
        #expect(record.size == count)
        #expect(try await fixture.get("a") == bytes)
    }

    @Test(arguments: [(100, 0), (101, 1)])
    func `A body up to the threshold stands in the catalog, a longer one in a file`(count: Int, files: Int) async throws
    {
        let fixture = try await StoreFixture()
        try await fixture.put(StoreFixture.pattern(count), as: "a")
        #expect(try fixture.blobFiles.count == files)
        #expect(try fixture.blobFiles.allSatisfy { !$0.hasPrefix("staging") })
        #expect(try fixture.segmentCount == 1)
    }

    @Test(arguments: [20, 200])
    func `Every range of a body is read exactly`(count: Int) async throws {
        let fixture = try await StoreFixture()
        let bytes = StoreFixture.pattern(count)
        try await fixture.put(bytes, as: "a")
        for first in stride(from: 0, to: count, by: 7) {
            for last in stride(from: first, through: count, by: 11) {
                #expect(try await fixture.get("a", Int64(first)..<Int64(last)) == Array(bytes[first..<last]))
            }
        }
    }

    @Test func `A record tells everything that was put`() async throws {
        let fixture = try await StoreFixture()
        let fields = [
            (name: "content-type", value: "text/csv; charset=utf-8"), (name: "x-amz-meta-empty", value: ""),
            (name: "x-amz-meta-colons", value: "a:b: c"), (name: "x-amz-meta-accent", value: "\u{301}x"),
            (name: "x-amz-meta-spaces", value: " a  b "), (name: "x-amz-meta-emoji", value: "😀é"),
        ]
        let tags = [CofferModel.Tag(key: "a&b=c", value: "d%20+ é"), CofferModel.Tag(key: "empty", value: "")]
        let before = ServiceClock.system.time
        try await fixture.put([1, 2, 3], as: "é/😀", fields: fields, tags: tags)
        let record = try #require(try await fixture.store.object(fixture.key("é/😀"), in: fixture.bucket))
        #expect(record.key == (try fixture.key("é/😀")))
        #expect(record.size == 3)
        #expect(record.etag == ETag("5289df737df57326fcdd22597afb1fac"))
        #expect(record.version == .null)
        #expect(record.owner == "1")
        #expect((before...ServiceClock.system.time).contains(record.modified))
        #expect(record.attributes.fields.map(\.name) == fields.map(\.name))
        #expect(record.attributes.fields.map { Array($0.value.utf8) } == fields.map { Array($0.value.utf8) })
        #expect(record.attributes.tags == tags)
    }

    @Test(arguments: [50, 5000], [50, 5000])
    func `Overwriting removes what was there`(first: Int, second: Int) async throws {
        let fixture = try await StoreFixture()
        try await fixture.put(StoreFixture.pattern(first), as: "a")
        try await fixture.put(StoreFixture.pattern(second, seed: 1), as: "a")
        #expect(try await fixture.get("a") == StoreFixture.pattern(second, seed: 1))
        try await fixture.eventually { try fixture.segmentCount == 1 }
        #expect(try fixture.blobFiles.count == (second > 100 ? 1 : 0))
    }

    @Test(arguments: [0, 50, 5000])
    func `Deleting removes the object and its bytes`(count: Int) async throws {
        let fixture = try await StoreFixture()
        try await fixture.put(StoreFixture.pattern(count), as: "a")
        try await fixture.put([1], as: "b")
        try await fixture.delete("a", "missing", "a")
        #expect(try await fixture.get("a") == nil)
        #expect(try await fixture.get("b") == [1])
        try await fixture.eventually { try fixture.segmentCount == 1 }
        #expect(try fixture.blobFiles.isEmpty)
    }

    @Test(arguments: [50, 5000])
    func `A copy shares the bytes and outlives its source`(count: Int) async throws {
        let fixture = try await StoreFixture()
        let bytes = StoreFixture.pattern(count)
        try await fixture.put(bytes, as: "a", fields: [("content-type", "text/csv")])
        try await fixture.copy("a", to: "b")
        try await fixture.copy("b", to: "c")
        #expect(try fixture.segmentCount == 1)
        try await fixture.delete("a")
        try await fixture.put([9], as: "b")
        #expect(try await fixture.get("c") == bytes)
        let record = try #require(try await fixture.store.object(fixture.key("c"), in: fixture.bucket))
        #expect(record.attributes.field("content-type") == "text/csv")
        try await fixture.delete("b", "c")
        try await fixture.eventually { try fixture.segmentCount == 0 }
        #expect(try fixture.blobFiles.isEmpty)
    }

    @Test(arguments: [50, 5000])
    func `A copy onto itself keeps its bytes`(count: Int) async throws {
        let fixture = try await StoreFixture()
        try await fixture.put(StoreFixture.pattern(count), as: "a")
        for _ in 0..<3 { try await fixture.copy("a", to: "a") }
        #expect(try await fixture.get("a") == StoreFixture.pattern(count))
        try await fixture.delete("a")
        try await fixture.eventually { try fixture.segmentCount == 0 && fixture.blobFiles.isEmpty }
    }

    @Test func `A copy of nothing, one that is refused, and one of what was replaced change nothing`() async throws {
        let fixture = try await StoreFixture()
        try await fixture.put([1], as: "target")
        let missing = await #expect(throws: StorageError.self) { try await fixture.copy("missing", to: "target") }
        #expect(missing?.name == "noSuchKey")
        try await fixture.put(StoreFixture.pattern(5000), as: "source")
        var copy = try await fixture.copying("source", to: "target")
        copy.condition = { _ throws(S3Error) in throw S3Error(.preconditionFailed) }
        let refused = copy
        let error = await #expect(throws: StorageError.self) { _ = try await fixture.store.copy(refused) }
        #expect(error?.name == "refused: PreconditionFailed")
        let old = try await fixture.copying("source", to: "target")
        try await fixture.put(StoreFixture.pattern(5001), as: "source")
        let late = await #expect(throws: StorageError.self) { _ = try await fixture.store.copy(old) }
        #expect(late?.name == "sourceChanged")
        #expect(try await fixture.get("target") == [1])
        try await fixture.delete("source")
        try await fixture.eventually { try fixture.blobFiles.isEmpty }
    }

    @Test func `A body that is dropped leaves no file`() async throws {
        let fixture = try await StoreFixture()
        do {
            let body = try fixture.store.makeBody()
            try body.append(StoreFixture.pattern(5000).span)
            #expect(try fixture.blobFiles.count == 1)
        }
        #expect(try fixture.blobFiles.isEmpty)
    }

    @Test func `A record whose bytes are gone since says so`() async throws {
        let fixture = try await StoreFixture()
        for count in [50, 5000] {
            let record = try await fixture.put(StoreFixture.pattern(count), as: "a")
            try await fixture.delete("a")
            try await fixture.eventually { try fixture.segmentCount == 0 }
            #expect(try await fixture.bytes(of: record) == nil)
        }
    }

    @Test func `The totals count objects and bytes as clients see them`() async throws {
        let fixture = try await StoreFixture()
        func totals() async throws -> [Int64] {
            let totals = try await fixture.store.totals()
            return [totals.buckets, totals.objects, totals.bytes]
        }
        #expect(try await totals() == [1, 0, 0])
        try await fixture.put(StoreFixture.pattern(50), as: "a")
        try await fixture.put(StoreFixture.pattern(5000), as: "b")
        #expect(try await totals() == [1, 2, 5050])
        try await fixture.put(StoreFixture.pattern(10), as: "b")
        try await fixture.copy("a", to: "c")
        #expect(try await totals() == [1, 3, 110])
        try await fixture.delete("a", "b", "c", "d")
        #expect(try await totals() == [1, 0, 0])
    }
}
