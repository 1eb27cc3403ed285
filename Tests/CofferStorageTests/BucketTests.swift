import CofferModel
import CofferSystem
import Testing

@testable import CofferStorage

@Suite(.everyEngine) struct BucketTests {
    @Test func `A bucket is found with its owner, region and time`() async throws {
        let fixture = try await StoreFixture()
        let bucket = try #require(try await fixture.store.bucket(named: BucketName("books")))
        #expect(bucket == fixture.bucket)
        #expect(bucket.owner == "1" && bucket.region == "us-east-1" && bucket.created <= ServiceClock.system.time)
        #expect(try await fixture.store.bucket(named: BucketName("films")) == nil)
    }

    @Test func `A name that is taken is refused with the bucket that has it`() async throws {
        let fixture = try await StoreFixture()
        let error = await #expect(throws: StorageError.self) {
            try await fixture.store.createBucket(BucketName("books"), owner: "2", region: "r")
        }
        guard case .bucketExists(let bucket) = error else {
            Issue.record("another error: \(String(describing: error))")
            return
        }
        #expect(bucket == fixture.bucket)
    }

    @Test(arguments: [
        ("", "", 10, ["books", "books2", "boots", "films"]), ("", "", 2, ["books", "books2"]),
        ("boo", "", 10, ["books", "books2", "boots"]),
        ("", "books", 10, ["books2", "boots", "films"]), ("boo", "books2", 10, ["boots"]), ("x", "", 10, []),
        ("books", "", 10, ["books", "books2"]),
        ("%", "", 10, []), ("_", "", 10, []), ("", "zzz", 10, []), ("", "", 0, []),
    ])
    func `Buckets are listed in order, by prefix, position and number`(
        prefix: String, after: String, limit: Int, names: [String]
    ) async throws {
        let fixture = try await StoreFixture()
        for name in ["films", "boots", "books2"] {
            _ = try await fixture.store.createBucket(BucketName(name), owner: "1", region: "r")
        }
        _ = try await fixture.store.createBucket(BucketName("book-of-another"), owner: "2", region: "r")
        let found = try await fixture.store.buckets(BucketQuery(owner: "1", prefix: prefix, after: after, limit: limit))
        #expect(found.map(\.name.description) == names)
    }

    @Test func `A bucket is deleted when it is empty, and not before`() async throws {
        let fixture = try await StoreFixture()
        try await fixture.put([1], as: "a")
        let error = await #expect(throws: StorageError.self) { try await fixture.store.deleteBucket(fixture.bucket) }
        #expect(error?.name == "bucketNotEmpty")
        try await fixture.delete("a")
        try await fixture.store.deleteBucket(fixture.bucket)
        #expect(try await fixture.store.bucket(named: fixture.bucket.name) == nil)
    }

    @Test func `A bucket that was deleted meanwhile takes nothing, even if its name is in use again`() async throws {
        let fixture = try await StoreFixture()
        try await fixture.store.setConfiguration("cors", of: fixture.bucket, to: [1])
        try await fixture.store.deleteBucket(fixture.bucket)
        for isNameInUse in [false, true] {
            if isNameInUse {
                let other = try await fixture.store.createBucket(fixture.bucket.name, owner: "2", region: "r")
                #expect(other.id != fixture.bucket.id)
                #expect(try await fixture.store.configurations(of: other).isEmpty)
            }
            let changes: [@Sendable () async throws -> Void] = [
                { try await fixture.put([1], as: "a") }, { try await fixture.delete("a") },
                { try await fixture.store.deleteBucket(fixture.bucket) },
                { try await fixture.store.setConfiguration("cors", of: fixture.bucket, to: [1]) },
            ]
            for change in changes {
                let error = await #expect(throws: StorageError.self) { try await change() }
                #expect(error?.name == "noSuchBucket")
            }
        }
        #expect(try await fixture.store.totals().objects == 0)
    }

    @Test func `Configurations are put, replaced, read and removed`() async throws {
        let fixture = try await StoreFixture()
        let (store, bucket) = (fixture.store, fixture.bucket)
        #expect(try await store.configurations(of: bucket).isEmpty)
        try await store.setConfiguration("cors", of: bucket, to: [1])
        try await store.setConfiguration("policy", of: bucket, to: [0, 255])
        try await store.setConfiguration("cors", of: bucket, to: [])
        #expect(try await store.configurations(of: bucket) == ["cors": [], "policy": [0, 255]])
        try await store.setConfiguration("cors", of: bucket, to: nil)
        try await store.setConfiguration("cors", of: bucket, to: nil)
        #expect(try await store.configurations(of: bucket) == ["policy": [0, 255]])
        try await store.setConfigurations(["policy": nil, "acl": [2], "cors": [3]], of: bucket)
        #expect(try await store.configurations(of: bucket) == ["acl": [2], "cors": [3]])
        #expect(try await store.buckets(withConfiguration: "acl").map(\.name) == [bucket.name])
        #expect(try await store.buckets(withConfiguration: "policy").isEmpty)
    }

    @Test func `Changes of one configuration at once follow one another`() async throws {
        let fixture = try await StoreFixture()
        let (store, bucket) = (fixture.store, fixture.bucket)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for byte in UInt8(0)..<20 {
                group.addTask {
                    try await store.changeConfiguration("tagging", of: bucket) { document in
                        (document ?? []) + [byte]
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await store.configurations(of: bucket)["tagging"]?.sorted() == Array(0..<20))
        let error = await #expect(throws: StorageError.self) {
            try await store.changeConfiguration("tagging", of: bucket) { _ throws(S3Error) in
                throw S3Error(.badRequest)
            }
        }
        #expect(error?.name == "refused: BadRequest")
        #expect(try await store.configurations(of: bucket)["tagging"]?.count == 20)
        try await store.changeConfiguration("tagging", of: bucket) { _ in nil }
        #expect(try await store.configurations(of: bucket).isEmpty)
    }
}
