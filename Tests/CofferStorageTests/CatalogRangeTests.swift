import CofferModel
import Testing

@testable import CofferStorage

/// The ranges that listings read, which every engine must return alike.
@Suite(.everyEngine) struct CatalogRangeTests {
    private typealias Case = (start: ListRange.Start, end: String?, limit: Int, rows: String)

    private static func at(_ key: String) -> ListRange.Start { .at(Array(key.utf8)) }
    private static func after(_ key: String) -> ListRange.Start { .after(Array(key.utf8)) }
    private static func within(_ key: String, _ order: Int64) -> ListRange.Start {
        .within(ObjectKey(unchecked: Array(key.utf8)), after: order)
    }

    private static let versions: [Case] = [
        (at(""), nil, 100, "a5 a4 a2 a/6 b7 b3 c1 é8"), (at("a"), nil, 100, "a5 a4 a2 a/6 b7 b3 c1 é8"),
        (at("a/"), nil, 100, "a/6 b7 b3 c1 é8"), (at("aa"), nil, 100, "b7 b3 c1 é8"), (at("é"), nil, 100, "é8"),
        (at("ê"), nil, 100, ""), (at(""), nil, 0, ""), (at(""), nil, 1, "a5"), (at(""), nil, 2, "a5 a4"),
        (at(""), nil, 4, "a5 a4 a2 a/6"), (at(""), "b", 100, "a5 a4 a2 a/6"), (at("a"), "a/", 100, "a5 a4 a2"),
        (at("b"), "b", 100, ""), (at("b"), "a", 100, ""),
        (after(""), nil, 100, "a5 a4 a2 a/6 b7 b3 c1 é8"), (after("a"), nil, 100, "a/6 b7 b3 c1 é8"),
        (after("a"), "b", 100, "a/6"), (after("a"), nil, 2, "a/6 b7"), (after("b"), "é", 100, "c1"),
        (after("zz"), nil, 100, "é8"), (after("é"), nil, 100, ""),
        (within("a", .max), "b", 100, "a5 a4 a2 a/6"), (within("a", 5), "b", 100, "a4 a2 a/6"),
        (within("a", 4), "b", 100, "a2 a/6"), (within("a", 3), "b", 100, "a2 a/6"), (within("a", 2), "b", 100, "a/6"),
        (within("a", 0), "b", 100, "a/6"), (within("a", 5), nil, 0, ""), (within("a", 5), nil, 1, "a4"),
        (within("a", 5), nil, 2, "a4 a2"), (within("a", 5), nil, 4, "a4 a2 a/6 b7"), (within("b", 7), "c", 100, "b3"),
        (within("b", 3), "c", 100, ""), (within("aa", 9), nil, 1, "b7"), (within("é", 8), nil, 100, ""),
    ]

    @Test(arguments: versions.indices)
    func `Versions are read from a place on, the newest of a key first`(index: Int) async throws {
        let expected = Self.versions[index]
        let fixture = try await Self.fixture()
        let found = try await fixture.read { rows async throws(StorageError) in
            try await rows.versions(in: fixture.bucket, Self.range(expected), limit: expected.limit)
        }
        #expect(Self.text(found) == expected.rows, "\(expected)")
        #expect(found.map(\.isDeleteMarker) == found.map { $0.sequence == 1 || $0.sequence == 3 })
    }

    private static let objects: [Case] = [
        (at(""), nil, 100, "a a/ b é"), (at("a/"), nil, 100, "a/ b é"), (at("aa"), nil, 1, "b"),
        (at(""), nil, 0, ""), (at(""), nil, 3, "a a/ b"), (at(""), "b", 100, "a a/"), (at("b"), "a", 100, ""),
        (after(""), nil, 100, "a a/ b é"), (after("a"), nil, 2, "a/ b"), (after("é"), nil, 100, ""),
        // There is one row of a key, and this one has been read.
        (within("a", 5), nil, 100, "a/ b é"), (within("a", .max), "b", 100, "a/"), (within("c", 1), nil, 1, "é"),
    ]

    @Test(arguments: objects.indices)
    func `Current objects are read from a place on`(index: Int) async throws {
        let expected = Self.objects[index]
        let fixture = try await Self.fixture()
        let found = try await fixture.read { rows async throws(StorageError) in
            try await rows.objects(in: fixture.bucket, Self.range(expected), limit: expected.limit, withOwners: true)
        }
        #expect(found.map(\.key.description).joined(separator: " ") == expected.rows, "\(expected)")
        // Those of the versions that are current.
        let current: [String: Int64] = ["a": 5, "a/": 6, "b": 7, "é": 8]
        #expect(found.map(\.modified.seconds) == found.map { current[$0.key.description] })
    }

    @Test(arguments: [true, false])
    func `Owners of current objects are read if they are wanted`(withOwners: Bool) async throws {
        let fixture = try await Self.fixture()
        let found = try await fixture.read { rows async throws(StorageError) in
            try await rows.objects(in: fixture.bucket, ListRange(start: .at([])), limit: 9, withOwners: withOwners)
        }
        #expect(found.map(\.ownerID) == Array(repeating: withOwners ? "1" : "", count: 4))
    }

    @Test(
        arguments: [
            (at(""), nil, ["b", "z"], "a b é"), (at(""), nil, ["a", "a/", "a0", "é"], "a a a/ b é"),
            (at("é"), nil, ["ê"], "é"), (at("ê"), nil, [], ""), (after("a"), nil, ["b"], "a/ b"),
            (within("a", 0), nil, ["é"], "a/ é"), (at(""), "b", ["a0", "a/"], "a"), (at(""), "b", ["a/", "c"], "a a/"),
            (at(""), nil, [], "a"), (at("b"), "b", ["c"], ""),
        ] as [(ListRange.Start, String?, [String], String)])
    func `Keys are visited, each the first from the one on that the visit before returned`(
        start: ListRange.Start, end: String?, jumps: [String], keys: String
    ) async throws {
        let fixture = try await Self.fixture()
        let found = try await fixture.read { rows async throws(StorageError) in
            var (found, next) = ([String](), jumps.makeIterator())
            let range = ListRange(start: start, end: end.map { Array($0.utf8) })
            try await rows.visitKeys(in: fixture.bucket, range) { key in
                found.append(String(copying: key))
                return next.next().map { Array($0.utf8) }
            }
            return found
        }
        #expect(found.joined(separator: " ") == keys)
    }

    private static let uploads: [Case] = [
        (at(""), nil, 100, "a2 a4 a/5 b1 b6"), (at("a/"), nil, 100, "a/5 b1 b6"), (at("a"), "b", 2, "a2 a4"),
        (at(""), nil, 0, ""), (after("a"), nil, 100, "a/5 b1 b6"), (after("a"), "b", 100, "a/5"),
        (after("b"), nil, 100, ""), (within("a", 0), "b", 100, "a2 a4 a/5"), (within("a", 2), "b", 100, "a4 a/5"),
        (within("a", 3), nil, 1, "a4"), (within("a", 4), nil, 2, "a/5 b1"), (within("a", .max), nil, 1, "a/5"),
        (within("b", 1), nil, 100, "b6"), (within("b", 6), nil, 100, ""), (within("aa", 0), nil, 1, "b1"),
    ]

    @Test(arguments: uploads.indices)
    func `Uploads in progress are read from a place on, those of a key in the order of their ids`(index: Int)
        async throws
    {
        let expected = Self.uploads[index]
        let fixture = try await CatalogFixture()
        try await fixture.change { rows async throws(StorageError) in
            for (name, id) in [("b", 6), ("a", 4), ("a/", 5), ("b", 1), ("a", 2)] as [(String, Int64)] {
                try await rows.put(fixture.upload(name, id), in: fixture.bucket)
            }
            for name in ["a", "b"] {
                var ended = fixture.upload(name, name == "a" ? 3 : 7)
                ended.ended = Timestamp(seconds: 9)
                try await rows.put(ended, in: fixture.bucket)
            }
        }
        let found = try await fixture.read { rows async throws(StorageError) in
            try await rows.uploads(in: fixture.bucket, Self.range(expected), limit: expected.limit)
        }
        #expect(found.map { "\($0.key)\($0.id)" }.joined(separator: " ") == expected.rows, "\(expected)")
    }

    @Test func `Keys are ordered by their bytes, whatever these are`() async throws {
        let fixture = try await CatalogFixture()
        let keys: [[UInt8]] = [[0], [0, 0], [0, 255], [1], [127], [127, 1], [128], [255], [255, 0], [255, 255]]
        try await fixture.change { rows async throws(StorageError) in
            for (index, bytes) in keys.enumerated().reversed() {
                let like = fixture.record("", Int64(index))
                let record = ObjectRecord(
                    key: ObjectKey(unchecked: bytes), sequence: like.sequence, version: like.version,
                    isDeleteMarker: false, modified: like.modified, size: 0, etag: like.etag, owner: "1",
                    attributes: like.attributes, layout: like.layout)
                try await rows.putCurrent(record, in: fixture.bucket)
            }
        }
        for (index, bytes) in keys.enumerated() {
            for (start, expected) in [
                (ListRange.Start.at(bytes), keys[index...]), (.after(bytes), keys[(index + 1)...]),
            ] {
                let found = try await fixture.read { rows async throws(StorageError) in
                    try await rows.objects(in: fixture.bucket, ListRange(start: start), limit: 100, withOwners: true)
                }
                #expect(found.map(\.key.bytes) == Array(expected))
            }
        }
    }

    @Test func `Parts and garbage are read after a number, in order, and so many`() async throws {
        let fixture = try await CatalogFixture()
        try await fixture.change { rows async throws(StorageError) in
            for number in [3, 10_000, 1, 2] {
                let part = PartRecord(
                    number: number, modified: Timestamp(seconds: 1), size: 1, etag: ETag("e"), checksum: nil,
                    extents: [])
                try await rows.put(part, of: 7)
            }
            for id in [5, 2, 9, 4] as [Int64] { try await rows.insert(fixture.segment(id)) }
            for id in [9, 2, 5] as [Int64] { _ = try await rows.release(SegmentID(id), removesBytes: true) }
        }
        for (after, limit, numbers) in [
            (0, 100, [1, 2, 3, 10_000]), (0, 2, [1, 2]), (2, 100, [3, 10_000]), (10_000, 1, []), (0, 0, []),
        ] {
            let found = try await fixture.read { rows async throws(StorageError) in
                try await rows.parts(of: 7, after: after, limit: limit)
            }
            #expect(found.map(\.number) == numbers)
        }
        for (after, limit, ids) in [
            (nil, 100, [2, 5, 9]), (nil, 1, [2]), (2, 100, [5, 9]), (3, 1, [5]), (9, 100, []), (nil, 0, []),
        ] as [(Int64?, Int, [Int64])] {
            let found = try await fixture.read { rows async throws(StorageError) in
                try await rows.garbage(after: after.map(SegmentID.init), limit: limit)
            }
            #expect(found.map(\.value) == ids)
        }
    }

    // MARK: Steps

    private static func fixture() async throws -> CatalogFixture {
        let fixture = try await CatalogFixture()
        let other = try await fixture.change { rows async throws(StorageError) in
            try await rows.insert(CatalogFixture.newBucket("films"))
        }
        try await fixture.change { rows async throws(StorageError) in
            for (name, sequence) in [("b", 7), ("é", 8), ("a", 5), ("a/", 6)] as [(String, Int64)] {
                try await rows.putCurrent(fixture.record(name, sequence), in: fixture.bucket)
                try await rows.putCurrent(fixture.record(name, sequence + 10), in: other)
            }
            for (name, sequence) in [("a", 2), ("c", 1), ("b", 3), ("a", 4)] as [(String, Int64)] {
                let record = fixture.record(name, sequence, isDeleteMarker: name != "a")
                try await rows.putOther(record, in: fixture.bucket)
                try await rows.putOther(fixture.record(name, sequence + 10), in: other)
            }
        }
        return fixture
    }

    private static func range(_ expected: Case) -> ListRange {
        ListRange(start: expected.start, end: expected.end.map { Array($0.utf8) })
    }

    private static func text(_ rows: ObjectRows) -> String {
        rows.map { "\($0.key)\($0.sequence)" }.joined(separator: " ")
    }
}
