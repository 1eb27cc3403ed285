import CofferModel
import CofferSystem
import CofferTestSupport
import Foundation
import Synchronization
import Testing

@testable import CofferStorage

/// Files below `blobs` that the catalog does not name, and directories without files.
struct OrphanTests {
    /// A loss of power can bring back a file whose removal was not synced, when the catalog has forgotten it.
    @Test func `A file that was removed and came back is set aside after the next start, and removed a week later`()
        async throws
    {
        let directory = try TemporaryDirectory()
        let returned: (path: String, bytes: Data)
        do {
            let fixture = try await Self.fixture(directory)
            try await fixture.put(StoreFixture.pattern(5000), as: "a")
            let path = "\(fixture.store.path)/blobs/\(try #require(try fixture.blobFiles.first))"
            returned = (path, try Data(contentsOf: URL(filePath: path)))
            try await fixture.delete("a")
            try await fixture.eventually { try fixture.segmentCount == 0 && fixture.blobFiles.isEmpty }
            try await fixture.put(StoreFixture.pattern(6000), as: "stays")
            try await fixture.store.close()
        }
        try Self.write(returned.bytes, to: returned.path)
        let notices = Notices()
        let fixture = try await Self.reopen(directory, notices)
        try await fixture.eventually { !FileManager.default.fileExists(atPath: returned.path) }
        try await fixture.eventually { notices.all.count == 1 }
        #expect(notices.all[0].hasPrefix("1 files"))
        #expect(try fixture.orphanFiles == [String(returned.path.suffix(16))])
        let blobs = fixture.store.opener.blobs
        let now = ServiceClock.system.time
        try blobs.removeSetAside(before: Timestamp(seconds: now.seconds - 7 * 24 * 3600))
        #expect(try fixture.orphanFiles.count == 1)
        try blobs.removeSetAside(before: Timestamp(seconds: now.seconds + 60))
        #expect(try fixture.orphanFiles.isEmpty)
        #expect(try await fixture.get("stays") == StoreFixture.pattern(6000))
        try await fixture.store.close()
    }

    @Test func `A segment that was in its place and not named when the process ended is set aside`() async throws {
        let directory = try TemporaryDirectory()
        do {
            let fixture = try await Self.fixture(directory)
            let blob = try fixture.store.opener.blobs.stage(SegmentID(fixture.store.catalog.segmentIDs.next()))
            try blob.write([1, 2, 3].span)
            try blob.seal()
            blob.keep()
            #expect(try fixture.blobFiles.count == 1)
            try await fixture.store.close()
        }
        let fixture = try await Self.reopen(directory, Notices())
        try await fixture.eventually { try fixture.blobFiles.isEmpty && fixture.orphanFiles.count == 1 }
        try await fixture.store.close()
    }

    @Test func `What is written beside the search stays, and so does what is not a segment's file`() async throws {
        let directory = try TemporaryDirectory()
        do {
            let fixture = try await Self.fixture(directory)
            for index in 0..<40 { try await fixture.put(StoreFixture.pattern(200), as: "old\(index)") }
            try await fixture.store.close()
        }
        let blobs = directory.path + "/data/blobs"
        let foreign = [
            "00/00/notes.txt", "00/00/ffffffffffffffff", "00/00/000001000000000", "lost+found/0000010000000001",
        ]
        for name in foreign { try Self.write(Data([1]), to: "\(blobs)/\(name)") }
        let orphans = ["00/00/0000000000000000", "ff/00/00000000000000ff", "ab/cd/0000000000000001"]
        for name in orphans { try Self.write(Data([1]), to: "\(blobs)/\(name)") }
        let fixture = try await Self.reopen(directory, Notices())
        for index in 0..<200 { try await fixture.put(StoreFixture.pattern(200), as: "new\(index)") }
        try await fixture.eventually { try Set(fixture.blobFiles).isDisjoint(with: orphans) }
        #expect(try Set(fixture.blobFiles).isSuperset(of: foreign))
        for name in (0..<40).map({ "old\($0)" }) + (0..<200).map({ "new\($0)" }) {
            #expect(try await fixture.get(name) == StoreFixture.pattern(200))
        }
        try await fixture.store.close()
    }

    @Test func `A catalog that is older than its files, or another's, costs none of them`() async throws {
        let directory = try TemporaryDirectory()
        do { try await Self.fixture(directory).store.close() }
        let names = (0..<1001).map { "00/00/" + SegmentID(Int64($0) << 16).description }
        for name in names { try Self.write(Data([1]), to: "\(directory.path)/data/blobs/\(name)") }
        let notices = Notices()
        let fixture = try await Self.reopen(directory, notices)
        try await fixture.eventually { notices.all.count == 1 }
        #expect(notices.all[0].contains("The files are kept"))
        #expect(try fixture.blobFiles.count == 1001)
        try await fixture.store.close()
    }

    @Test func `Ids that the catalog has not come to yet show that it is older`() async throws {
        let directory = try TemporaryDirectory()
        do { try await Self.fixture(directory).store.close() }
        let names = ["00/00/0000000000000000", "00/00/00007f0000000000"]
        for name in names { try Self.write(Data([1]), to: "\(directory.path)/data/blobs/\(name)") }
        let notices = Notices()
        let fixture = try await Self.reopen(directory, notices)
        try await fixture.eventually { notices.all.count == 1 }
        #expect(notices.all[0].contains("The files are kept"))
        #expect(try fixture.blobFiles.sorted() == names)
        try await fixture.store.close()
    }

    /// Its ids are given again; the files that have them may be all that is left of what a newer catalog names.
    @Test func `A catalog that is older than its files writes over none of them`() async throws {
        let fixture = try await StoreFixture(durability: .full)
        let next = SegmentID(fixture.store.catalog.segmentIDs.next() + 1)
        let path = "\(fixture.store.path)/blobs/\(Shard(next))/\(next)"
        try Self.write(Data([1]), to: path)
        let error = await #expect(throws: StorageError.self) {
            try await fixture.put(StoreFixture.pattern(5000), as: "a")
        }
        #expect(error?.name == "failed")
        #expect(try Data(contentsOf: URL(filePath: path)) == Data([1]))
        #expect(try await fixture.get("a") == nil)
        #expect(try fixture.blobFiles.count == 1)
        try await fixture.put(StoreFixture.pattern(5000), as: "a")
        #expect(try await fixture.get("a") == StoreFixture.pattern(5000))
    }

    @Test func `Directories go with their last file, and are made again beside that`() async throws {
        let fixture = try await StoreFixture(durability: .full)
        try await fixture.put(StoreFixture.pattern(5000), as: "a")
        try await fixture.delete("a")
        let blobs = fixture.store.path + "/blobs"
        try await fixture.eventually {
            try FileManager.default.subpathsOfDirectory(atPath: blobs) == ["staging"] && fixture.segmentCount == 0
        }
        // Segments of one directory, made and removed by many at once.
        let store = fixture.store.opener.blobs
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<4 {
                group.addTask {
                    for round in 0..<100 {
                        let id = SegmentID(Int64(1 << 40) | Int64(worker << 24 | round << 16))
                        let blob = try store.stage(id)
                        try blob.write([1].span)
                        try blob.seal()
                        blob.keep()
                        _ = try #require(try store.open(id))
                        try store.remove(id)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try FileManager.default.subpathsOfDirectory(atPath: blobs) == ["staging"])
    }

    @Test func `Directories that were left empty go after a start`() async throws {
        let directory = try TemporaryDirectory()
        do { try await Self.fixture(directory).store.close() }
        let blobs = directory.path + "/data/blobs"
        for name in ["/0a/0b", "/0c"] {
            try FileManager.default.createDirectory(atPath: blobs + name, withIntermediateDirectories: true)
        }
        let fixture = try await Self.reopen(directory, Notices())
        try await fixture.eventually { try FileManager.default.subpathsOfDirectory(atPath: blobs) == ["staging"] }
        try await fixture.store.close()
    }

    private static func fixture(_ directory: TemporaryDirectory) async throws -> StoreFixture {
        let store = try await StoreFixture.open(directory)
        _ = try await store.createBucket(BucketName("books"), owner: "1", region: "r")
        return try await StoreFixture(store, in: directory)
    }

    private static func reopen(_ directory: TemporaryDirectory, _ notices: Notices) async throws -> StoreFixture {
        let store = try await ObjectStore(
            path: directory.path + "/data", durability: .relaxed, inlineLimit: StoreFixture.inlineLimit,
            reserveByteCount: 0, onFault: { notices.add("\($0)") }, onNotice: { notices.add($0) })
        return try await StoreFixture(store, in: directory)
    }

    private static func write(_ bytes: Data, to path: String) throws {
        try FileManager.default.createDirectory(
            atPath: URL(filePath: path).deletingLastPathComponent().path, withIntermediateDirectories: true)
        try bytes.write(to: URL(filePath: path))
    }
}

/// What a store told its operator.
final class Notices: Sendable {
    private let texts = Mutex<[String]>([])
    var all: [String] { texts.withLock { $0 } }
    func add(_ text: String) { texts.withLock { $0.append(text) } }
}
