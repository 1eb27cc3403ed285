import CofferModel
import Foundation
import Testing

@testable import CofferStorage

/// A catalog as the first release wrote it, with objects in it.
struct SchemaMigrationTests {
    @Test func `A catalog of the first schema opens with all that is in it, and takes what is new`() async throws {
        let directory = try TemporaryDirectory()
        try Self.makeFirstStore(directory)
        let fixture = try StoreFixture(try StoreFixture.open(directory), in: directory)
        #expect(fixture.bucket.versioning == .neverEnabled && fixture.bucket.region == "eu-west-1")
        #expect(try await fixture.names() == ["empty", "large", "small"])
        #expect(try fixture.get("small") == [1, 2, 3])
        #expect(try fixture.get("large") == StoreFixture.pattern(5000))
        #expect(try fixture.get("empty") == [])
        let record = try #require(try fixture.current("small"))
        #expect(record.version == .null && record.encryption == nil && !record.isMultipart)
        #expect(record.attributes.field("content-type") == "text/csv")
        #expect(record.attributes.tags == [CofferModel.Tag(key: "a", value: "1")])
        #expect(try fixture.store.totals().bytes == 5003)

        try await fixture.setVersioning(.enabled)
        try await fixture.put([4], as: "small")
        try await fixture.delete("large")
        #expect(try await fixture.versions().map(\.version.isNull) == [true, false, true, false, true])
        #expect(try fixture.bytes(of: try #require(try fixture.version("small", .null))) == [1, 2, 3])
        try await fixture.put(parts: [[1], StoreFixture.pattern(500)], as: "parts")
        try await fixture.expectNothingLeft()
    }

    /// What was taken in when tags were held to fewer rules.
    @Test func `An object whose tags would not be taken today is read and deleted`() async throws {
        let directory = try TemporaryDirectory()
        try Self.makeFirstStore(directory, tags: "aws%3Acreated=1")
        let fixture = try StoreFixture(try StoreFixture.open(directory), in: directory)
        #expect(try fixture.get("small") == [1, 2, 3])
        #expect(try fixture.current("small")?.attributes.tags == [CofferModel.Tag(key: "aws:created", value: "1")])
        #expect(try await fixture.names().count == 3)
        try await fixture.delete("small")
        #expect(try await fixture.names() == ["empty", "large"])
    }

    @Test func `A catalog that was brought to this version is left alone at the next opening`() async throws {
        let directory = try TemporaryDirectory()
        try Self.makeFirstStore(directory)
        for _ in 0..<2 {
            let store = try await ReopeningTests.reopen(directory)
            let fixture = try StoreFixture(store, in: directory)
            #expect(try fixture.get("large") == StoreFixture.pattern(5000))
            try await store.close()
        }
        let connection = try SQLiteConnection(path: directory.path + "/data/catalog.sqlite", isReadOnly: true)
        #expect(try connection.first("PRAGMA user_version") { $0.integer(0) } == Int64(Schema.steps.count))
    }

    @Test func `An upload that an earlier version began is completed or aborted`() async throws {
        let directory = try TemporaryDirectory()
        try Self.makeFirstStore(directory)
        let ids = [(2 << 40) + 1, (2 << 40) + 2] as [Int64]
        do {
            let connection = try SQLiteConnection(path: directory.path + "/data/catalog.sqlite", isReadOnly: false)
            for step in Schema.steps[1..<7] { try connection.execute(step) }
            try connection.execute("PRAGMA user_version = 7; UPDATE properties SET value = 2 WHERE name = 'epoch'")
            for id in ids {
                try connection.run(
                    """
                    INSERT INTO uploads (id, upload, bucket, key, initiated, owner, initiator, fields, tags, encryption,
                        checksum) VALUES (?, ?, 1, x'61', 5000, '1', 'arn:alice', '', '', '', '')
                    """, .integer(id), .text(Upload.uploadID(id)))
            }
        }
        let fixture = try StoreFixture(try StoreFixture.open(directory), in: directory)
        let uploads = try await fixture.uploads().entries.compactMap { entry in
            if case .item(let upload) = entry { upload } else { nil }
        }
        #expect(uploads.map(\.id) == ids)
        try await fixture.put([1], asPart: 1, of: uploads[0])
        try await fixture.complete(uploads[0], conflict: S3Error(.conditionalRequestConflict))
        #expect(try fixture.get("a") == [1])
        #expect(try fixture.current("a")?.modified == Timestamp(milliseconds: 5000))
        try await fixture.store.abort(uploads[1], in: fixture.bucket)
    }

    /// Only where there are policies their principals are to be looked up.
    @Test(arguments: [(nil, nil), ("cors", nil), ("policy", "names")] as [(String?, String?)])
    func `A catalog with policies of before is marked`(kind: String?, mark: String?) throws {
        let directory = try TemporaryDirectory()
        try Self.makeFirstStore(directory)
        if let kind {
            let connection = try SQLiteConnection(path: directory.path + "/data/catalog.sqlite", isReadOnly: false)
            try connection.run("INSERT INTO bucket_configurations VALUES (1, ?, x'7b7d')", .text(kind))
        }
        #expect(try StoreFixture.open(directory).property("policy-principals") == mark)
    }

    private static func makeFirstStore(_ directory: TemporaryDirectory, tags: String = "a=1") throws {
        let (small, large) = ((1 << 40) + 1, (1 << 40) + 2) as (Int64, Int64)
        let blobs = directory.path + "/data/blobs/02/00"
        try FileManager.default.createDirectory(atPath: blobs, withIntermediateDirectories: true)
        try Data(StoreFixture.pattern(5000)).write(to: URL(filePath: blobs + "/0000010000000002"))
        let connection = try SQLiteConnection(path: directory.path + "/data/catalog.sqlite", isReadOnly: false)
        try connection.execute(Schema.steps[0] + "PRAGMA user_version = 1;")
        try connection.execute(
            """
            INSERT INTO properties VALUES ('epoch', 1);
            INSERT INTO buckets (name, owner, region, created) VALUES ('books', '1', 'eu-west-1', 1000);
            INSERT INTO segments VALUES (\(small), 1, 3, x'010203'), (\(large), 1, 5000, NULL);
            UPDATE totals SET objects = 3, bytes = 5003;
            """)
        let extents: [(String, [Extent])] = [
            ("small", [Extent(segment: SegmentID(small), offset: 0, count: 3)]),
            ("large", [Extent(segment: SegmentID(large), offset: 0, count: 5000)]), ("empty", []),
        ]
        for (index, (name, extents)) in extents.enumerated() {
            try connection.run(
                "INSERT INTO objects VALUES (1, ?, ?, 'null', 1000, ?, 'e', '1', ?, ?, ?)", .blob(Array(name.utf8)),
                .integer(large + 1 + Int64(index)), .integer(extents.reduce(0) { $0 + $1.count }),
                .text("content-type:text/csv\n"), .text(tags), .blob(Extent.encode(extents)))
        }
    }
}
