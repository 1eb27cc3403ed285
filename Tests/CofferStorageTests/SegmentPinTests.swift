import CofferModel
import Testing

@testable import CofferStorage

/// What is being read stays until it was read, whatever becomes of the object meanwhile.
@Suite(.everyEngine) struct SegmentPinTests {
    @Test(arguments: [40, 20_000])
    func `An object of several segments is read to its end though it was overwritten and garbage was collected`(
        partSize: Int
    ) async throws {
        let fixture = try await StoreFixture()
        let parts = [partSize, 40_000, partSize].enumerated().map { StoreFixture.pattern($0.element, seed: $0.offset) }
        let record = try await fixture.put(parts: parts, as: "a")
        do {
            let reader = try #require(try await Self.reader(of: record, fixture))
            let head = try Self.read(10, reader)
            try await fixture.put([1], as: "a")
            try await fixture.collectGarbage()
            #expect(try await head + StoreFixture.read(reader) == Array(parts.joined()))
        }
        try await fixture.eventually { try fixture.blobFiles.isEmpty && fixture.segmentCount == 1 }
        #expect(try await fixture.bytes(of: record) == nil)
    }

    @Test func `The last of several readers lets the files go`() async throws {
        let fixture = try await StoreFixture()
        let record = try await fixture.put(parts: [StoreFixture.pattern(5000), StoreFixture.pattern(40_000)], as: "a")
        var readers: [ContentReader] = []
        for _ in 0..<3 { readers.append(try #require(try await Self.reader(of: record, fixture))) }
        try await fixture.delete("a")
        while !readers.isEmpty {
            try await fixture.collectGarbage()
            #expect(try fixture.blobFiles.count == 2)
            readers.removeLast()
        }
        try await fixture.eventually { try fixture.blobFiles.isEmpty && fixture.segmentCount == 0 }
    }

    /// The first segment is the copy's only one, and stands in the catalog: it must not go with the copy at once.
    @Test func `An object that was added to is read to its end though what it was and what it became are deleted`()
        async throws
    {
        let fixture = try await StoreFixture()
        try await fixture.put(StoreFixture.pattern(50), as: "a")
        try await fixture.copy("a", to: "copy")
        let record = try await fixture.append(StoreFixture.pattern(40_000, seed: 1), to: "a")
        do {
            let reader = try #require(try await Self.reader(of: record, fixture))
            try await fixture.delete("a")
            try await fixture.delete("copy")
            try await fixture.collectGarbage()
            #expect(
                try await StoreFixture.read(reader) == StoreFixture.pattern(50) + StoreFixture.pattern(40_000, seed: 1))
        }
        try await fixture.eventually { try fixture.blobFiles.isEmpty && fixture.segmentCount == 0 }
    }

    @Test(arguments: [[50], [50, 60], [5000, 6000], [40_000, 5]])
    func `An object that is deleted before it is read is gone`(sizes: [Int]) async throws {
        let fixture = try await StoreFixture()
        let record = try await fixture.put(parts: sizes.map { StoreFixture.pattern($0) }, as: "a")
        try await fixture.delete("a")
        #expect(try await fixture.bytes(of: record) == nil)
        let error = await #expect(throws: StorageError.self) {
            try await fixture.store.read(record, in: fixture.bucket, range: 0..<record.size) { _ in }
        }
        #expect(error?.name == "sourceChanged")
        try await fixture.eventually { try fixture.segmentCount == 0 && fixture.blobFiles.isEmpty }
    }

    @Test(arguments: [[50], [40, 40], [300, 400], [50, 40_000]])
    func `Readers beside writers see one whole version or that it is gone`(sizes: [Int]) async throws {
        let fixture = try await StoreFixture()
        let key = try fixture.key("a")
        @Sendable func parts(_ seed: Int) -> [[UInt8]] { sizes.map { StoreFixture.pattern($0, seed: seed) } }
        try await fixture.put(parts: parts(0), as: "a")
        let versions = (0..<4).map { Array(parts($0).joined()) }
        try await withThrowingTaskGroup(of: Int.self) { group in
            group.addTask {
                for round in 0..<150 { try await fixture.put(parts: parts(round % 4), as: "a") }
                return 0
            }
            for _ in 0..<3 {
                group.addTask {
                    var whole = 0
                    for _ in 0..<300 {
                        let record = try #require(try await fixture.store.object(key, in: fixture.bucket))
                        guard let bytes = try await fixture.bytes(of: record) else { continue }
                        #expect(versions.contains(bytes))
                        do throws(StorageError) {
                            try await fixture.store.read(record, in: fixture.bucket, range: 0..<record.size) { _ in }
                        } catch {
                            #expect(error.name == "sourceChanged")
                        }
                        whole += 1
                        await Task.yield()
                    }
                    return whole
                }
            }
            let whole = try await group.reduce(0, +)
            #expect(whole > 0)
        }
        try await fixture.expectNothingLeft()
    }

    private static func reader(of record: ObjectRecord, _ fixture: StoreFixture) async throws -> ContentReader? {
        let content = try await fixture.store.content(of: record, in: fixture.bucket, range: 0..<record.size)
        guard case .reader(let reader) = content else { return nil }
        return reader
    }

    private static func read(_ count: Int, _ reader: ContentReader) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let done = try bytes.withUnsafeMutableBytes { try reader.read(into: $0) }
        return Array(bytes[..<done])
    }
}
