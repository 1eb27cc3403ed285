import CofferModel
import CofferTestSupport
import Foundation
import Testing

@testable import CofferStorage

struct ReopeningTests {
    @Test(arguments: [ObjectStore.Durability.full, .relaxed])
    func `A store that is opened again has kept everything`(durability: ObjectStore.Durability) async throws {
        let directory = try TemporaryDirectory()
        let alice = IAMUser.alice
        let bodies = ["empty": [], "small": StoreFixture.pattern(50), "large": StoreFixture.pattern(5000)]
        do {
            let store = try await StoreFixture.open(directory, durability: durability)
            _ = try await store.createBucket(BucketName("books"), owner: "1", region: "eu-west-1")
            let fixture = try await StoreFixture(store, in: directory)
            for (name, body) in bodies { try await fixture.put(body, as: name, fields: [("content-type", "text/csv")]) }
            try await store.setConfiguration("cors", of: fixture.bucket, to: [1, 2])
            _ = try await store.changeIAM(of: IAMAccount.firstID) { $0.users["alice"] = alice }
            try await store.close()
        }
        let fixture = try await StoreFixture(Self.reopen(directory), in: directory)
        for (name, body) in bodies { #expect(try await fixture.get(name) == body) }
        #expect(try await fixture.names() == ["empty", "large", "small"])
        #expect(try await fixture.store.configurations(of: fixture.bucket) == ["cors": [1, 2]])
        #expect(try await fixture.store.iam()[IAMAccount.firstID]?.users == ["alice": alice])
        #expect(try await fixture.store.totals().objects == 3)
        #expect(fixture.bucket.region == "eu-west-1")
    }

    @Test func `Bodies of several openings do not meet`() async throws {
        let directory = try TemporaryDirectory()
        for round in 0..<4 {
            let store = try await Self.reopen(directory)
            if round == 0 { _ = try await store.createBucket(BucketName("books"), owner: "1", region: "r") }
            let fixture = try await StoreFixture(store, in: directory)
            for size in [50, 5000] {
                try await fixture.put(StoreFixture.pattern(size, seed: round), as: "\(round)-\(size)")
            }
            for old in 0...round {
                for size in [50, 5000] {
                    #expect(try await fixture.get("\(old)-\(size)") == StoreFixture.pattern(size, seed: old))
                }
            }
            try await store.close()
        }
    }

    @Test func `An upload survives reopening, and of its files what was staged and not committed goes`() async throws {
        let directory = try TemporaryDirectory()
        var upload: Upload
        do {
            let store = try await StoreFixture.open(directory)
            _ = try await store.createBucket(BucketName("books"), owner: "1", region: "r")
            let fixture = try await StoreFixture(store, in: directory)
            upload = try await fixture.createUpload("a")
            for (number, size) in [(1, 50), (2, 5000)] {
                try await fixture.put(StoreFixture.pattern(size, seed: number), asPart: number, of: upload)
            }
            try await store.close()
        }
        let staging = directory.path + "/data/blobs/staging/"
        try Data([1, 2, 3]).write(to: URL(filePath: staging + "00000100000000ff"))
        let fixture = try await StoreFixture(Self.reopen(directory), in: directory)
        #expect(try fixture.blobFiles.count == 1)
        upload = try #require(try await fixture.store.upload(upload.uploadID, of: upload.key, in: fixture.bucket))
        try await fixture.put([3], asPart: 3, of: upload)
        try await fixture.complete(upload)
        #expect(
            try await fixture.get("a") == StoreFixture.pattern(50, seed: 1) + StoreFixture.pattern(5000, seed: 2) + [3])
        try await fixture.expectNothingLeft()
    }

    @Test func `A store that is closed while something is read leaves what must go to the next one`() async throws {
        let directory = try TemporaryDirectory()
        do {
            let store = try await StoreFixture.open(directory)
            _ = try await store.createBucket(BucketName("books"), owner: "1", region: "r")
            let fixture = try await StoreFixture(store, in: directory)
            let record = try await fixture.put(parts: [[1], StoreFixture.pattern(40_000)], as: "a")
            let content = try await store.content(of: record, in: fixture.bucket, range: 0..<record.size)
            try await fixture.delete("a")
            try await store.close()
            withExtendedLifetime(content) {}
        }
        let fixture = try await StoreFixture(Self.reopen(directory), in: directory)
        try await fixture.eventually { try fixture.segmentCount == 0 && fixture.blobFiles.isEmpty }
    }

    @Test func `A second store of the same directory is refused with a sentence that says what to do`() async throws {
        let directory = try TemporaryDirectory()
        let first = try await StoreFixture.open(directory)
        let error = await #expect(throws: StorageError.self) { try await StoreFixture.open(directory) }
        guard case .failed(let sentence) = error else {
            Issue.record("another error: \(String(describing: error))")
            return
        }
        #expect(sentence.contains("another process is using") && sentence.contains(directory.path))
        try await first.close()
    }

    @Test func `A store that is closed lets go of its directory, though it is still held`() async throws {
        let directory = try TemporaryDirectory()
        let first = try await StoreFixture.open(directory)
        try await first.close()
        let second = try await StoreFixture.open(directory)
        try await second.close()
        withExtendedLifetime(first) {}
    }

    @Test func `Closing moves the log into the database`() async throws {
        let fixture = try await StoreFixture()
        for index in 0..<50 { try await fixture.put(StoreFixture.pattern(90), as: "\(index)") }
        try await fixture.store.close()
        #expect((fileSize(fixture.store.path + "/catalog.sqlite-wal") ?? 0) == 0)
    }

    @Test func `A temporary store is removed when it is closed`() async throws {
        let store = try await ObjectStore(path: nil, onFault: { _ in })
        let path = store.path
        #expect(FileManager.default.fileExists(atPath: path + "/catalog.sqlite"))
        try await store.close()
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `What a store makes only its owner may read`() async throws {
        let fixture = try await StoreFixture()
        try await fixture.put(StoreFixture.pattern(5000), as: "a")
        let root = fixture.store.path
        for path in [root] + (try FileManager.default.subpathsOfDirectory(atPath: root).map { "\(root)/\($0)" }) {
            let mode = try #require(
                try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
            let isGuarded = path.hasPrefix("\(root)/catalog")  // By the directory that it stands in.
            #expect(isGuarded || mode & 0o077 == 0, "\(path)")
        }
    }

    @Test(arguments: ["catalog.sqlite", "lock"])
    func `A directory in the place of a file is refused`(name: String) async throws {
        let directory = try TemporaryDirectory()
        try FileManager.default.createDirectory(
            atPath: "\(directory.path)/data/\(name)", withIntermediateDirectories: true)
        await #expect(throws: StorageError.self) { try await StoreFixture.open(directory) }
    }

    @Test func `A catalog that is no database is refused`() async throws {
        let directory = try TemporaryDirectory()
        try FileManager.default.createDirectory(atPath: directory.path + "/data", withIntermediateDirectories: true)
        let path = directory.path + "/data/catalog.sqlite"
        try Data(repeating: 120, count: 10_000).write(to: URL(filePath: path))
        let error = await #expect(throws: StorageError.self) { try await StoreFixture.open(directory) }
        #expect(error?.name == "damaged")
        #expect(fileSize(path) == 10_000)
    }

    /// Opens a store again. The lock of the one before goes with its last reference, which work in the background may
    /// hold for a moment.
    static func reopen(_ directory: TemporaryDirectory) async throws -> ObjectStore {
        let deadline = ContinuousClock.now + .seconds(300)
        while true {
            do {
                return try await StoreFixture.open(directory)
            } catch StorageError.failed(let sentence) where sentence.contains("another process") {
                guard ContinuousClock.now < deadline else { throw StorageError.failed(sentence) }
                try await Task.sleep(for: .milliseconds(2))
            }
        }
    }
}
