import CofferModel
import Testing

@testable import CofferStorage

/// What each primitive does to its rows.
@Suite(.everyEngine) struct CatalogRowTests {
    @Test func `A record is read as it was put, as current and as another version`() async throws {
        let fixture = try await CatalogFixture()
        let fields = [(name: "content-type", value: "text/csv; a=\"b:c\""), (name: "x-amz-meta-é", value: " 😀 ")]
        let grants: [AccessControlList.Grant] = [.init(.user(canonicalID: "2"), .read)]
        let attributes = StoredAttributes(fields: fields, tags: [Tag(key: "a&b", value: "c=d e")], grants: grants)
        let layout = ObjectLayout(
            extents: [
                Extent(segment: SegmentID(3), offset: 4, count: 5),
                Extent(segment: SegmentID(1 << 50), offset: 0, count: 9),
            ],
            parts: ObjectPart.encode([ObjectPart(number: 10_000, size: 14, checksum: "abc=")]),
            encryption: Encryption(keySource: .customer, wrappedKey: [0, 1, 255]))
        let record = fixture.record("a", 7).with(attributes: attributes, layout: layout)
        try await fixture.change { rows async throws(StorageError) in
            try await rows.putCurrent(record, in: fixture.bucket)
            try await rows.putOther(record, in: fixture.bucket)
        }
        try await fixture.read { rows async throws(StorageError) in
            let found = [
                try await rows.current(record.key, in: fixture.bucket),
                try await rows.newestOther(record.key, in: fixture.bucket),
                try await rows.other(record.key, version: record.version, in: fixture.bucket),
            ]
            for case let found in found {
                #expect(found?.key == record.key && found?.sequence == 7 && found?.version == record.version)
                #expect(found?.etag == record.etag && found?.owner == "1" && found?.modified == record.modified)
                #expect(found?.attributes.fieldLines == record.attributes.fieldLines)
                #expect(found?.attributes.tags == record.attributes.tags)
                #expect(found?.attributes.grants == grants)
                #expect(found?.extents == record.extents && found?.layout.parts == record.layout.parts)
                #expect(found?.encryption == record.encryption && found?.isDeleteMarker == false)
            }
        }
    }

    @Test func `A key has one current row, and another version per number`() async throws {
        let fixture = try await CatalogFixture()
        let (key, bucket) = (fixture.key("a"), fixture.bucket)
        let (older, newer) = (fixture.record("a", 1), fixture.record("a", 2))
        let null = fixture.record("a", 3, version: .null, isDeleteMarker: true)
        try await fixture.change { rows async throws(StorageError) in
            for record in [older, newer] { try await rows.putCurrent(record, in: bucket) }
            #expect(try await rows.current(key, in: bucket)?.sequence == 2)
            for record in [null, older, newer, null] { try await rows.putOther(record, in: bucket) }
            #expect(try await rows.newestOther(key, in: bucket)?.sequence == 3)
            #expect(try await rows.newestOther(key, in: bucket)?.isDeleteMarker == true)
            #expect(try await rows.other(key, version: .null, in: bucket)?.sequence == 3)
            #expect(try await rows.other(key, version: older.version, in: bucket)?.sequence == 1)
            // The same number with another rest: ids cannot be guessed.
            #expect(try await rows.other(key, version: VersionID(sequence: 1), in: bucket) == nil)
            try await rows.removeOther(null, in: bucket)
            try await rows.removeOther(null, in: bucket)
            #expect(try await rows.other(key, version: .null, in: bucket) == nil)
            #expect(try await rows.newestOther(key, in: bucket)?.sequence == 2)
            try await rows.removeCurrent(key, in: bucket)
            try await rows.removeCurrent(key, in: bucket)
            #expect(try await rows.current(key, in: bucket) == nil)
            let everything = ListRange(start: .at([]))
            #expect(try await rows.versions(in: bucket, everything, limit: 10).map(\.sequence) == [2, 1])
        }
    }

    @Test func `An only segment is read with its object, for who reads the bytes next`() async throws {
        let fixture = try await CatalogFixture()
        let extent = Extent(segment: SegmentID(5), offset: 0, count: 3)
        let encryption = Encryption(keySource: .master, wrappedKey: [1])
        let layouts = [
            "a": ObjectLayout(extents: [extent]), "b": ObjectLayout(extents: [extent, extent]),
            "c": ObjectLayout(extents: [extent], encryption: encryption), "d": ObjectLayout(),
        ]
        try await fixture.change { rows async throws(StorageError) in
            try await rows.insert(fixture.segment(5, bytes: [1, 2, 3]))
            for (name, layout) in layouts {
                try await rows.putCurrent(fixture.record(name, 1).with(layout: layout), in: fixture.bucket)
            }
        }
        for name in layouts.keys {
            for withSegment in [true, false] {
                let found = try await fixture.read { rows async throws(StorageError) in
                    try await rows.current(fixture.key(name), in: fixture.bucket, withSegment: withSegment)
                }
                let isExpected = withSegment && name == "a"
                #expect(found?.layout.segment?.bytes == (isExpected ? [1, 2, 3] : nil), "\(name)")
            }
        }
    }

    @Test func `The totals of a change are seen by itself, and those of several add up`() async throws {
        let fixture = try await CatalogFixture()
        for round in 1...3 as ClosedRange<Int64> {
            try await fixture.change { rows async throws(StorageError) in
                try await rows.addToTotals(objects: 2, bytes: 10)
                #expect(try await rows.totals().objects == 2 * round)
                try await rows.addToTotals(objects: -1, bytes: -5)
                #expect(try await rows.totals().objects == 2 * round - 1)
                try await rows.addToTotals(objects: 1, bytes: 0)
            }
            let totals = try await fixture.read { rows async throws(StorageError) in try await rows.totals() }
            #expect(totals.objects == 2 * round && totals.bytes == 5 * round && totals.buckets == 1)
        }
    }

    @Test func `A segment stays as long as it has references`() async throws {
        let fixture = try await CatalogFixture()
        let (inline, file) = (SegmentID(1), SegmentID(2))
        try await fixture.change { rows async throws(StorageError) in
            try await rows.insert(fixture.segment(1, bytes: [1, 2]))
            #expect(try await !rows.namesFiles())
            try await rows.insert(fixture.segment(2))
            #expect(try await rows.namesFiles())
            #expect(try await rows.isUnshared(inline, size: 2))
            #expect(try await !rows.isUnshared(inline, size: 3))
            #expect(try await !rows.isUnshared(file, size: 5000))
            for segment in [inline, file] { try await rows.retain(segment) }
            #expect(try await !rows.isUnshared(inline, size: 2))
            for segment in [inline, file] { #expect(try await rows.release(segment, removesBytes: true)) }
            #expect(try await rows.segment(inline)?.bytes == [1, 2])
            // Forgets only what has no references.
            try await rows.forget([inline, file])
            #expect(try await rows.isNamed(inline))
            #expect(try await rows.isNamed(file))
            #expect(try await rows.garbage(after: nil, limit: 10).isEmpty)
            #expect(try await !rows.release(inline, removesBytes: true))
            #expect(try await rows.release(file, removesBytes: true))
            #expect(try await !rows.isNamed(inline))
            #expect(try await rows.garbage(after: nil, limit: 10) == [file])
            #expect(try await !rows.namesFiles())
            try await rows.forget([file])
            #expect(try await rows.segment(file) == nil)
        }
    }

    @Test func `Bytes in the catalog wait to be collected if they are wanted, and are replaced with their checksum`()
        async throws
    {
        let fixture = try await CatalogFixture()
        try await fixture.change { rows async throws(StorageError) in
            try await rows.insert(fixture.segment(1, bytes: [1, 2]))
            try await rows.replace(SegmentID(1), with: [3, 4, 5])
            let found = try await rows.segment(SegmentID(1))
            #expect(found?.bytes == [3, 4, 5] && found?.size == 3 && found?.isGenuine == true)
            #expect(try await rows.isUnshared(SegmentID(1), size: 3))
            #expect(try await rows.release(SegmentID(1), removesBytes: false))
            #expect(try await rows.garbage(after: nil, limit: 10) == [SegmentID(1)])
            #expect(try await rows.segment(SegmentID(1))?.bytes == [3, 4, 5])
        }
    }

    @Test func `Uploads of a key in progress are overtaken, and no others`() async throws {
        let fixture = try await CatalogFixture()
        try await fixture.change { rows async throws(StorageError) in
            let other = try await rows.insert(CatalogFixture.newBucket("films"))
            for (name, id) in [("a", 1), ("a", 2), ("b", 3)] as [(String, Int64)] {
                try await rows.put(fixture.upload(name, id), in: fixture.bucket)
            }
            var ended = fixture.upload("a", 4)
            ended.ended = Timestamp(seconds: 1)
            try await rows.put(ended, in: fixture.bucket)
            try await rows.markUploadsOvertaken(of: fixture.key("a"), in: other)
            #expect(try await rows.upload(1)?.isOvertaken == false)
            try await rows.markUploadsOvertaken(of: fixture.key("a"), in: fixture.bucket)
            for (id, isOvertaken) in [(1, true), (2, true), (3, false), (4, false)] as [(Int64, Bool)] {
                #expect(try await rows.upload(id)?.isOvertaken == isOvertaken)
            }
        }
    }

    @Test func `Uploads that ended long ago are removed, aborted ones sooner, and those of a bucket together`()
        async throws
    {
        let fixture = try await CatalogFixture()
        // By id: when it was completed or aborted.
        let ends: [(id: Int64, completed: Int64?, aborted: Int64?)] = [
            (1, 9, nil), (2, 10, nil), (3, nil, 19), (4, nil, 20), (5, 19, nil), (6, nil, nil), (7, nil, 9),
        ]
        try await fixture.change { rows async throws(StorageError) in
            for end in ends {
                var upload = fixture.upload("a", end.id)
                upload.ended = (end.completed ?? end.aborted).map { Timestamp(seconds: $0) }
                if end.completed != nil { upload.completed = CompletedUpload(version: .null, etag: ETag("e")) }
                try await rows.put(upload, in: fixture.bucket)
            }
            try await rows.removeUploads(
                completedBefore: Timestamp(seconds: 10), abortedBefore: Timestamp(seconds: 20))
            for (id, isKept) in zip(Int64(1)..., [false, true, false, true, true, true, false]) {
                #expect(try await (rows.upload(id) != nil) == isKept, "\(id)")
            }
            #expect(try await rows.upload(2)?.completed?.version == .null)
            #expect(try await rows.upload(4)?.completed == nil)
            #expect(try await rows.totals().uploads == 1)
            try await rows.removeUploads(of: fixture.bucket)
            #expect(try await rows.upload(6) == nil)
        }
    }

    @Test func `A part replaces the one of its number, and counts in the totals while its upload is in progress`()
        async throws
    {
        let fixture = try await CatalogFixture()
        try await fixture.change { rows async throws(StorageError) in
            try await rows.put(fixture.upload("a", 1), in: fixture.bucket)
            for (number, size) in [(1, 5), (2, 7), (1, 9)] as [(Int, Int64)] {
                let part = PartRecord(
                    number: number, modified: Timestamp(seconds: 1), size: size, etag: ETag("e\(size)"),
                    checksum: number == 2 ? "c=" : nil,
                    extents: [Extent(segment: SegmentID(size), offset: 0, count: size)])
                try await rows.put(part, of: 1)
            }
            let part = try await rows.part(1, of: 1)
            #expect(part?.size == 9 && part?.etag == ETag("e9") && part?.checksum == nil)
            #expect(part?.extents == [Extent(segment: SegmentID(9), offset: 0, count: 9)])
            #expect(try await rows.part(2, of: 1)?.checksum == "c=")
            #expect(try await rows.part(3, of: 1) == nil)
        }
        #expect(
            try await fixture.read { rows async throws(StorageError) in try await rows.totals() }.uploadedBytes == 16)
        try await fixture.change { rows async throws(StorageError) in
            try await rows.removeParts(of: 1)
            #expect(try await rows.parts(of: 1, after: 0, limit: 10).isEmpty)
        }
    }

    @Test func `Names, ids and access keys that are taken are refused, and nothing is left`() async throws {
        let fixture = try await CatalogFixture()
        let alice = Self.user("AIDA1", "Alice", keys: ["k1"])
        try await fixture.change { rows async throws(StorageError) in
            try await rows.insert(alice)
            try await rows.put(IAMAccount(id: "2", name: "Two", email: "a@b", created: Timestamp(seconds: 1)))
        }
        let entities = [
            Self.user("AIDA1", "bob"), Self.user("AIDA2", "aLICE"), Self.user("AIDA2", "bob", keys: ["k2", "k1"]),
        ]
        let accounts = [("tWO", "c@d"), ("three", "A@B")].map { name, email in
            IAMAccount(id: "3", name: name, email: email, created: Timestamp(seconds: 1))
        }
        for index in 0...5 {
            let error = await #expect(throws: StorageError.self) {
                try await fixture.change { rows async throws(StorageError) in
                    try await rows.setProperty("a", to: "b")
                    switch index {
                    case 0..<3: try await rows.insert(entities[index])
                    case 3..<5: try await rows.put(accounts[index - 3])
                    default: _ = try await rows.insert(CatalogFixture.newBucket("books"))
                    }
                }
            }
            #expect(error?.name == "failed", "\(index)")
        }
        try await fixture.read { rows async throws(StorageError) in
            #expect(try await rows.property("a") == nil)
            #expect(try await rows.entities(of: IAMAccount.firstID) == [alice])
            #expect(try await rows.accounts().map(\.id) == [IAMAccount.firstID, "2"])
        }
        // In another account, or of another kind, a name is free.
        try await fixture.change { rows async throws(StorageError) in
            try await rows.insert(Self.user("AIDA3", "alice", account: "2"))
            try await rows.insert(Self.user("AGPA1", "alice", kind: .group))
            try await rows.put(IAMAccount(id: "2", name: "TWO", email: "A@B", created: Timestamp(seconds: 9)))
            #expect(try await rows.accounts().last?.name == "TWO")
            #expect(try await rows.accounts().last?.created == Timestamp(seconds: 1))
        }
    }

    @Test func `Documents of accounts are put, replaced and removed`() async throws {
        let fixture = try await CatalogFixture()
        try await fixture.change { rows async throws(StorageError) in
            for (kind, account, document) in [("a", "1", [1]), ("a", "2", [2]), ("b", "1", []), ("a", "1", [3])]
                as [(String, String, [UInt8])]
            {
                try await rows.setConfiguration(kind, ofAccount: account, to: document)
            }
            try await rows.setConfiguration("a", ofAccount: "2", to: nil)
            #expect(try await rows.accountConfigurations() == ["1": ["a": [3], "b": []]])
        }
    }

    @Test func `The use of a key or a role is kept while there is one`() async throws {
        let fixture = try await CatalogFixture()
        let use = IAMKeyUse(time: Timestamp(seconds: 9), service: "s3", region: "r")
        let (alice, role) = (Self.user("AIDA1", "alice", keys: ["k1"]), Self.user("AROA1", "r", kind: .role))
        try await fixture.change { rows async throws(StorageError) in
            for entity in [alice, role] { try await rows.insert(entity) }
            for id in ["k1", "AROA1", "AIDA1", "k2"] { try await rows.put(use, of: id) }
            for (id, isKnown) in [("k1", true), ("AROA1", true), ("AIDA1", false), ("k2", false)] {
                #expect(try await rows.keyUse(of: id) == (isKnown ? use : nil), "\(id)")
            }
            try await rows.remove(alice)
            try await rows.removeStaleKeyUses()
            #expect(try await rows.keyUse(of: "k1") == nil)
            #expect(try await rows.keyUse(of: "AROA1") == use)
        }
    }

    @Test func `A job is read as it was put last`() async throws {
        let fixture = try await CatalogFixture()
        let records = [
            JobRecord(name: "a", progress: [0, 255], nextRun: Timestamp(seconds: 5), failures: 2),
            JobRecord(name: "a", nextRun: Timestamp(milliseconds: .max)),
        ]
        for record in records {
            try await fixture.change { rows async throws(StorageError) in try await rows.put(record) }
            try await fixture.read { rows async throws(StorageError) in
                #expect(try await rows.job(named: "a") == record)
                #expect(try await rows.job(named: "b") == nil)
            }
        }
    }

    private static func user(
        _ id: String, _ name: String, account: String = IAMAccount.firstID, kind: IAMEntityRow.Kind = .user,
        keys: [String] = []
    ) -> IAMEntityRow {
        IAMEntityRow(account: account, kind: kind, id: id, name: name, accessKeys: keys, document: [1])
    }
}
