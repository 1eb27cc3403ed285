import CofferModel
import CofferTestSupport
import Foundation
import Testing

@testable import CofferStorage

/// A data directory of which a part is missing is refused, and left as it is.
struct MissingDataTests {
    @Test(arguments: [50, 5000], [true, false])
    func `A catalog that is missing, or empty, beside blobs is refused`(count: Int, isEmpty: Bool) async throws {
        let directory = try await Self.closedStore(count)
        try FileManager.default.removeItem(atPath: directory.path + "/data/catalog.sqlite")
        if isEmpty { try Data().write(to: URL(filePath: directory.path + "/data/catalog.sqlite")) }
        let files = try Self.files(directory)
        let sentence = try await Self.refusal(directory)
        #expect(sentence.contains("catalog.sqlite is missing") && sentence.contains("restore it from your backup"))
        #expect(try Self.files(directory) == files)
    }

    @Test func `A log without its catalog is refused`() async throws {
        let directory = try TemporaryDirectory()
        try FileManager.default.createDirectory(atPath: directory.path + "/data", withIntermediateDirectories: true)
        try Data([1, 2, 3]).write(to: URL(filePath: directory.path + "/data/catalog.sqlite-wal"))
        #expect(try await Self.refusal(directory).contains("catalog.sqlite is missing"))
    }

    @Test func `An empty directory for blobs is no reason to refuse a new store`() async throws {
        let directory = try TemporaryDirectory()
        try FileManager.default.createDirectory(
            atPath: directory.path + "/data/blobs/lost+found", withIntermediateDirectories: true)
        try await StoreFixture.open(directory).close()
    }

    @Test(arguments: [true, false])
    func `A catalog whose blobs are gone is refused`(isEmpty: Bool) async throws {
        let directory = try await Self.closedStore(5000)
        let blobs = directory.path + "/data/blobs"
        try FileManager.default.removeItem(atPath: blobs)
        if isEmpty { try FileManager.default.createDirectory(atPath: blobs, withIntermediateDirectories: true) }
        let sentence = try await Self.refusal(directory)
        #expect(sentence.contains("no files in it") && sentence.contains("mount its disk, or restore it"))
        #expect(FileManager.default.fileExists(atPath: blobs) == isEmpty)
    }

    @Test func `A catalog that names no files needs no blobs`() async throws {
        let directory = try await Self.closedStore(50)
        try FileManager.default.removeItem(atPath: directory.path + "/data/blobs")
        let fixture = try await StoreFixture(ReopeningTests.reopen(directory), in: directory)
        #expect(try await fixture.get("a") == StoreFixture.pattern(50))
        try await fixture.store.close()
    }

    @Test func `A catalog whose key is missing is refused, and gets no other`() async throws {
        let directory = try await Self.closedStore(50)
        do {
            let store = try await ReopeningTests.reopen(directory)
            _ = try await store.changeIAM(of: IAMAccount.firstID) { $0.users["alice"] = .alice }
            try await store.close()
        }
        let key = directory.path + "/data/secrets.key"
        try FileManager.default.moveItem(atPath: key, toPath: key + ".away")
        let before = try Self.files(directory)
        #expect(try await Self.refusal(directory).contains("secrets.key is missing"))
        #expect(try Self.files(directory) == before)
        try FileManager.default.moveItem(atPath: key + ".away", toPath: key)
        try await ReopeningTests.reopen(directory).close()
    }

    @Test func `A key that nothing was sealed under is made anew`() async throws {
        let directory = try await Self.closedStore(50)
        try FileManager.default.removeItem(atPath: directory.path + "/data/secrets.key")
        try await ReopeningTests.reopen(directory).close()
    }

    @Test func `A catalog that is cut short is refused with a sentence that says what to do`() async throws {
        let directory = try await Self.closedStore(5000)
        let path = directory.path + "/data/catalog.sqlite"
        try Data(contentsOf: URL(filePath: path)).prefix(5000).write(to: URL(filePath: path))
        #expect(try await Self.refusal(directory).contains("is damaged"))
        #expect(fileSize(path) == 5000)
    }

    private static func closedStore(_ count: Int) async throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        let store = try await StoreFixture.open(directory)
        _ = try await store.createBucket(BucketName("books"), owner: "1", region: "r")
        try await StoreFixture(store, in: directory).put(StoreFixture.pattern(count), as: "a")
        try await store.close()
        return directory
    }

    private static func refusal(_ directory: TemporaryDirectory) async throws -> String {
        let error = await #expect(throws: StorageError.self) { try await ReopeningTests.reopen(directory) }
        switch error {
        case .failed(let sentence), .damaged(let sentence): return sentence
        default: return ""
        }
    }

    private static func files(_ directory: TemporaryDirectory) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: directory.path + "/data").sorted()
            .filter { !$0.hasSuffix("-shm") && !$0.hasSuffix("-wal") }
    }
}
