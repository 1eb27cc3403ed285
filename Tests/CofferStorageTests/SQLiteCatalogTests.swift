import CofferModel
import CofferTestSupport
import Testing

@testable import CofferStorage

struct SQLiteCatalogTests {
    @Test(arguments: [ObjectStore.Durability.full, .relaxed])
    func `Many puts at once share commits`(durability: ObjectStore.Durability) async throws {
        let fixture = try await StoreFixture(durability: durability)
        let before = fixture.store.writeCounts
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<500 { group.addTask { try await fixture.put([1], as: "key\(index)") } }
            try await group.waitForAll()
        }
        let after = fixture.store.writeCounts
        #expect(after.changes - before.changes == 500)
        #expect(after.commits - before.commits <= (durability == .full ? 100 : 400))
        #expect(try await fixture.names().count == 500)
    }

    @Test func `The log is moved into the database beside the writers and does not grow without end`() async throws {
        let directory = try TemporaryDirectory()
        let store = try await ObjectStore(
            path: directory.path, durability: .relaxed, onFault: { Issue.record("\($0)") })
        let bucket = try await store.createBucket(BucketName("books"), owner: "1", region: "us-east-1")
        let body = [UInt8](repeating: 1, count: StorageLimits.inlineByteCount)
        // 160 MB, ten times what the log may hold before it is moved.
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<8 {
                group.addTask {
                    for number in 0..<640 {
                        let incoming = try store.makeBody()
                        try incoming.append(body.span)
                        _ = try await store.put(
                            incoming, as: ObjectKey(Array("\(writer)/\(number)".utf8)), in: bucket, etag: ETag("x"),
                            attributes: StoredAttributes(fields: []), owner: "1")
                    }
                }
            }
            try await group.waitForAll()
        }
        let log = try #require(fileSize(directory.path + "/catalog.sqlite-wal"))
        #expect(log < 96 << 20)
        #expect(try #require(fileSize(directory.path + "/catalog.sqlite")) > 48 << 20)
        try await store.close()
    }

    @Test func `A log that is left alone is moved into the database`() async throws {
        let fixture = try await StoreFixture(durability: .relaxed)
        let path = fixture.store.path + "/catalog.sqlite"
        let before = try #require(fileSize(path))
        for number in 0..<400 { try await fixture.put([1], as: "\(number)") }
        let log = try #require(fileSize(path + "-wal"))
        #expect(log > 256 * 4096 && log < 4096 * 4096)
        try await fixture.eventually { try #require(fileSize(path)) > before }
    }

    @Test func `Numbers in the order of writes rise after a reopening, also after one without a close`() async throws {
        let directory = try TemporaryDirectory()
        var last: Int64 = 0
        var ids: Set<Int64> = []
        for round in 0..<4 {
            let catalog = try Engine.sqlite.openCatalog(in: directory)
            for _ in 0..<3 {
                let number = try await catalog.change(.none) { rows async throws(StorageError) in
                    try await rows.nextSequence()
                }
                #expect(number > last)
                last = number
                #expect(ids.insert(catalog.segmentIDs.next()).inserted)
            }
            if round % 2 == 0 { try await catalog.close() }
        }
    }

    @Test func `Events and the progress of jobs are kept`() async throws {
        let directory = try TemporaryDirectory()
        let job = JobRecord(name: "a", progress: [1], nextRun: Timestamp(seconds: 5), failures: 3)
        let catalog = try Engine.sqlite.openCatalog(in: directory)
        let bucket = try await catalog.change(.none) { rows async throws(StorageError) in
            let bucket = try await rows.insert(CatalogFixture.newBucket("books"))
            try await rows.append(StoreEvent(kind: "a", bucket: bucket, key: nil, document: [1, 2]))
            try await rows.put(job)
            return bucket
        }
        try await catalog.close()
        try await Engine.sqlite.openCatalog(in: directory).read { rows async throws(StorageError) in
            let events = try await rows.events(after: 0, limit: 10)
            #expect(events.map(\.event) == [StoreEvent(kind: "a", bucket: bucket, key: nil, document: [1, 2])])
            #expect(try await rows.job(named: "a") == job)
        }
    }
}
