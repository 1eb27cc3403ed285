import CofferModel
import CofferTestSupport
import Foundation
import Testing

@testable import CofferStorage

/// What a crash can leave behind, made by hand between two openings.
struct RecoveryTests {
    @Test func `A staged file that the catalog does not name is removed`() async throws {
        let directory = try await Self.closedStore { _ in }
        for name in ["0000000000000000", "ffffffffffffffff", "00000100000000ff", "junk", ".hidden"] {
            try Data([1, 2, 3]).write(to: URL(filePath: Self.blobs(directory) + "/staging/" + name))
        }
        let fixture = try await StoreFixture(ReopeningTests.reopen(directory), in: directory)
        #expect(try fixture.blobFiles.isEmpty)
        #expect(try await fixture.names().isEmpty)
    }

    @Test func `A file that waited to be removed is removed`() async throws {
        let directory = try await Self.closedStore { try await $0.put(StoreFixture.pattern(5000), as: "a") }
        do {
            let connection = try SQLiteConnection(path: directory.path + "/data/catalog.sqlite", isReadOnly: false)
            try connection.execute("DELETE FROM objects; UPDATE segments SET refs = 0")
        }
        let fixture = try await StoreFixture(ReopeningTests.reopen(directory), in: directory)
        try await fixture.eventually { try fixture.blobFiles.isEmpty && fixture.segmentCount == 0 }
    }

    @Test func `A file that was removed before the catalog forgot it does not matter`() async throws {
        let directory = try await Self.closedStore { try await $0.put(StoreFixture.pattern(5000), as: "a") }
        do {
            let connection = try SQLiteConnection(path: directory.path + "/data/catalog.sqlite", isReadOnly: false)
            try connection.execute("DELETE FROM objects; UPDATE segments SET refs = 0")
        }
        for file in try Self.files(directory) {
            try FileManager.default.removeItem(atPath: "\(Self.blobs(directory))/\(file)")
        }
        let fixture = try await StoreFixture(ReopeningTests.reopen(directory), in: directory)
        try await fixture.eventually { try fixture.segmentCount == 0 }
    }

    /// A crash is the end of the process without a `close()`: the files as they are, copied away under its feet.
    @Test func `A copy of the directory of a running store has everything that was acknowledged`() async throws {
        let running = try await StoreFixture(durability: .full)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<60 {
                group.addTask { try await running.put(StoreFixture.pattern(index * 10, seed: index), as: "k\(index)") }
            }
            try await group.waitForAll()
        }
        let body = try running.store.makeBody()
        try body.append(StoreFixture.pattern(5000).span)
        let copy = try TemporaryDirectory()
        try FileManager.default.copyItem(atPath: running.store.path, toPath: copy.path + "/data")
        let fixture = try await StoreFixture(StoreFixture.open(copy), in: copy)
        for index in 0..<60 {
            #expect(try await fixture.get("k\(index)") == StoreFixture.pattern(index * 10, seed: index))
        }
        #expect(try fixture.blobFiles.count == 49)
        withExtendedLifetime(body) {}
    }

    private static func closedStore(_ body: (StoreFixture) async throws -> Void) async throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        let store = try await StoreFixture.open(directory)
        _ = try await store.createBucket(BucketName("books"), owner: "1", region: "r")
        try await body(StoreFixture(store, in: directory))
        try await store.close()
        return directory
    }

    private static func blobs(_ directory: TemporaryDirectory) -> String { directory.path + "/data/blobs" }

    private static func files(_ directory: TemporaryDirectory) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: blobs(directory))
            .filter { fileSize("\(blobs(directory))/\($0)") != nil }
    }
}
