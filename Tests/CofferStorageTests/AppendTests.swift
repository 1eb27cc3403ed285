import CofferModel
import Testing

@testable import CofferStorage

@Suite(.everyEngine) struct AppendTests {
    @Test(arguments: [[0, 50], [50, 0], [50, 60, 70], [5000, 6000], [50, 5000, 60]])
    func `An object grows by what is added to it`(sizes: [Int]) async throws {
        let fixture = try await StoreFixture()
        let pieces = sizes.enumerated().map { StoreFixture.pattern($0.element, seed: $0.offset) }
        let first = try await fixture.put(pieces[0], as: "a", fields: [("content-type", "text/csv")])
        for (index, piece) in pieces.enumerated().dropFirst() {
            let record = try await fixture.append(piece, to: "a")
            #expect(record.size == pieces[...index].reduce(0) { $0 + $1.count })
            #expect(try await fixture.get("a") == Array(pieces[...index].joined()))
        }
        let record = try #require(try await fixture.current("a"))
        #expect(record.version == first.version && record.attributes.field("content-type") == "text/csv")
        #expect(record.etag.value == first.etag.value + String(repeating: "+", count: sizes.count - 1))
        let totals = try await fixture.store.totals()
        #expect(totals.objects == 1 && totals.bytes == record.size)
        try await fixture.expectNothingLeft()
    }

    @Test func `A copy stays as it is when its source grows`() async throws {
        let fixture = try await StoreFixture()
        try await fixture.put(StoreFixture.pattern(5000), as: "a")
        try await fixture.copy("a", to: "b")
        try await fixture.append([1], to: "a")
        try await fixture.copy("a", to: "c")
        try await fixture.append([2], to: "a")
        #expect(try await fixture.get("b") == StoreFixture.pattern(5000))
        #expect(try await fixture.get("c") == StoreFixture.pattern(5000) + [1])
        #expect(try await fixture.get("a") == StoreFixture.pattern(5000) + [1, 2])
        try await fixture.delete("a", "c")
        #expect(try await fixture.get("b") == StoreFixture.pattern(5000))
        try await fixture.expectNothingLeft()
    }

    @Test func `An object of parts has none any more when something is added`() async throws {
        let fixture = try await StoreFixture()
        try await fixture.put(parts: [[1], StoreFixture.pattern(500)], as: "a")
        let record = try await fixture.append([2], to: "a")
        #expect(!record.isMultipart && record.extentCount == 3)
        #expect(try await fixture.get("a") == [1] + StoreFixture.pattern(500) + [2])
    }

    @Test func `An addition that is refused leaves the object and no file`() async throws {
        let fixture = try await StoreFixture()
        let error = await #expect(throws: StorageError.self) {
            try await fixture.append(StoreFixture.pattern(5000), to: "a")
        }
        #expect(error?.name == "refused: NoSuchKey")
        #expect(try fixture.segmentCount == 0 && fixture.blobFiles.isEmpty)
        #expect(try await fixture.store.totals().bytes == 0)
    }

    @Test func `Of many that add to an object at once each finds its place`() async throws {
        let fixture = try await StoreFixture()
        try await fixture.put([], as: "a")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<50 { group.addTask { try await fixture.append([UInt8(index)], to: "a") } }
            try await group.waitForAll()
        }
        #expect(try await fixture.get("a")?.sorted() == (0..<50).map { UInt8($0) })
        try await fixture.expectNothingLeft()
    }
}

@Suite(.everyEngine) struct RenameTests {
    @Test(arguments: [50, 5000])
    func `An object that is renamed keeps its bytes and all that is said of it`(count: Int) async throws {
        let fixture = try await StoreFixture()
        let before = try await fixture.put(StoreFixture.pattern(count), as: "a", fields: [("x-amz-meta-b", "c")])
        try await fixture.put(StoreFixture.pattern(6000), as: "b")
        try await Self.rename("a", to: "b", fixture)
        let after = try #require(try await fixture.current("b"))
        #expect(after.etag == before.etag && after.modified == before.modified && after.size == before.size)
        #expect(after.attributes.field("x-amz-meta-b") == "c")
        #expect(try await fixture.names() == ["b"])
        #expect(try await fixture.get("b") == StoreFixture.pattern(count))
        #expect(try await fixture.store.totals().objects == 1)
        try await fixture.eventually { try fixture.segmentCount == 1 }
        try await fixture.expectNothingLeft()
    }

    @Test func `A rename of nothing, and one that is refused, change nothing`() async throws {
        let fixture = try await StoreFixture()
        try await fixture.put([1], as: "b")
        let missing = await #expect(throws: StorageError.self) { try await Self.rename("a", to: "b", fixture) }
        #expect(missing?.name == "noSuchKey")
        try await fixture.put([2], as: "a")
        let refused = await #expect(throws: StorageError.self) {
            try await Self.rename("a", to: "b", fixture) { _ throws(S3Error) in throw S3Error(.preconditionFailed) }
        }
        #expect(refused?.name == "refused: PreconditionFailed")
        #expect(try await fixture.get("a") == [2])
        #expect(try await fixture.get("b") == [1])
    }

    private static func rename(
        _ source: String, to destination: String, _ fixture: StoreFixture, if condition: @escaping WriteCheck = { _ in }
    ) async throws {
        let rename = ObjectRename(
            source: try fixture.key(source), destination: try fixture.key(destination), sourceCondition: { _ in },
            destinationCondition: condition)
        _ = try await fixture.store.rename(rename, in: fixture.bucket)
    }
}
