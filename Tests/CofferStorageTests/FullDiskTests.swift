import CofferModel
import CofferTestSupport
import Foundation
import Testing

@testable import CofferStorage

#if os(Linux)
    import Glibc

    /// On a file system of 4 MiB in memory.
    @Suite(.enabled(if: SmallDisk.isMountable, "mounting a tmpfs is refused; it takes CAP_SYS_ADMIN"), .serialized)
    struct FullDiskTests {
        @Test(arguments: [90, 50_000])
        func `A full disk refuses puts, loses nothing, and takes them again when there is space`(count: Int)
            async throws
        {
            let disk = try SmallDisk()
            let fixture = try await Self.fixture(on: disk)
            try await fixture.put(StoreFixture.pattern(count), as: "before")
            try disk.fill(leaving: 100_000)
            var kept = ["before"]
            var refusal: StorageError?
            for index in 0..<5000 where refusal == nil {
                do {
                    try await fixture.put(StoreFixture.pattern(count, seed: index), as: "during\(index)")
                    kept.append("during\(index)")
                } catch let error as StorageError {
                    refusal = error
                }
            }
            #expect(refusal?.name == "noSpace")
            #expect(try await fixture.names(ListQuery(limit: 10_000)) == kept.sorted())
            #expect(try await fixture.get("before") == StoreFixture.pattern(count))
            try disk.free()
            try await fixture.put(StoreFixture.pattern(count, seed: 1), as: "after")
            #expect(try await fixture.get("after") == StoreFixture.pattern(count, seed: 1))
            #expect(try await fixture.store.totals().objects == Int64(kept.count + 1))
            #expect(try fixture.blobFiles.count == (count > 100 ? kept.count + 1 : 0))
            try await fixture.store.close()
        }

        @Test func `Many writers at a full disk are each told, and none is half there`() async throws {
            let disk = try SmallDisk()
            let fixture = try await Self.fixture(on: disk)
            try disk.fill(leaving: 400_000)
            let outcomes = await withTaskGroup(of: (String, String?).self, returning: [String: String?].self) { group in
                for index in 0..<100 {
                    group.addTask {
                        do {
                            try await fixture.put(
                                StoreFixture.pattern(index % 2 == 0 ? 90 : 30_000, seed: index), as: "k\(index)")
                            return ("k\(index)", nil)
                        } catch {
                            return ("k\(index)", (error as? StorageError)?.name ?? "another error")
                        }
                    }
                }
                return await group.reduce(into: [:]) { $0[$1.0] = .some($1.1) }
            }
            let written = outcomes.filter { $0.value == nil }.keys.sorted()
            #expect(outcomes.count == 100 && written.count < 100)
            #expect(outcomes.values.allSatisfy { $0 == nil || $0 == "noSpace" })
            #expect(try await fixture.names() == written)
            try disk.free()
            for index in 0..<100 where written.contains("k\(index)") {
                #expect(
                    try await fixture.get("k\(index)")
                        == StoreFixture.pattern(index % 2 == 0 ? 90 : 30_000, seed: index))
            }
            try await fixture.store.close()
        }

        @Test func `A store can be opened on a disk that is full but for a little`() async throws {
            let disk = try SmallDisk()
            do {
                let fixture = try await Self.fixture(on: disk)
                try await fixture.put(StoreFixture.pattern(50_000), as: "a")
                try await fixture.store.close()
            }
            try disk.fill(leaving: 200_000)
            let fixture = try await StoreFixture(ReopeningTests.reopen(disk.directory), in: disk.directory)
            #expect(try await fixture.get("a") == StoreFixture.pattern(50_000))
            try await fixture.delete("a")
            try await fixture.eventually { try fixture.blobFiles.isEmpty }
            try await fixture.store.close()
        }

        @Test(arguments: [90, 50_000])
        func `On a disk without a free byte deleting works, and nothing else is written`(count: Int) async throws {
            let disk = try SmallDisk()
            let fixture = try await Self.fixture(on: disk)
            for index in 0..<20 { try await fixture.put(StoreFixture.pattern(count, seed: index), as: "k\(index)") }
            try disk.fillUp()
            for _ in 0..<200 {
                let error = await #expect(throws: StorageError.self) {
                    try await fixture.put(StoreFixture.pattern(count), as: "new")
                }
                #expect(error?.name == "noSpace")
            }
            let error = await #expect(throws: StorageError.self) {
                try await fixture.store.createBucket(BucketName("other"), owner: "1", region: "r")
            }
            #expect(error?.name == "noSpace")
            for index in 0..<10 { try await fixture.delete("k\(index)") }
            #expect(try await fixture.names() == (10..<20).map { "k\($0)" })
            try disk.free()
            try await fixture.put(StoreFixture.pattern(count), as: "new")
            #expect(try await fixture.get("new") == StoreFixture.pattern(count))
            #expect(try await fixture.get("k10") == StoreFixture.pattern(count, seed: 10))
            try await fixture.store.close()
        }

        @Test(arguments: [false, true])
        func `A store opens on a disk without a free byte, is read, and deletes`(wasFullBefore: Bool) async throws {
            let disk = try SmallDisk()
            do {
                let fixture = try await Self.fixture(on: disk)
                for index in 0..<4 { try await fixture.put(StoreFixture.pattern(50_000), as: "k\(index)") }
                if wasFullBefore {
                    try disk.fillUp()
                    _ = await #expect(throws: StorageError.self) { try await fixture.put([1], as: "new") }
                    try await fixture.delete("k0")
                }
                try await fixture.store.close()
            }
            try disk.fillUp()
            for round in 1..<3 {
                let notices = Notices()
                let store = try await ObjectStore(
                    path: disk.directory.path + "/data", inlineLimit: StoreFixture.inlineLimit, reserveByteCount: 0,
                    onFault: { notices.add("\($0)") }, onNotice: { notices.add($0) })
                let fixture = try await StoreFixture(store, in: disk.directory)
                #expect(try await fixture.get("k3") == StoreFixture.pattern(50_000))
                let error = await #expect(throws: StorageError.self) { try await fixture.put([1], as: "new") }
                #expect(error?.name == "noSpace")
                try await fixture.delete("k\(round)")
                #expect(try await fixture.get("k\(round)") == nil)
                #expect(notices.all.contains { $0.hasPrefix("the disk is full: ") }, "\(notices.all)")
                try await store.close()
                try disk.fillUp()
            }
        }

        private static func fixture(on disk: SmallDisk) async throws -> StoreFixture {
            let store = try await StoreFixture.open(disk.directory)
            _ = try await store.createBucket(BucketName("books"), owner: "1", region: "r")
            return try await StoreFixture(store, in: disk.directory)
        }
    }

    /// A file system in memory, which can be filled up and freed again.
    private final class SmallDisk: Sendable {
        /// Not every root may mount: containers usually keep that from theirs.
        static let isMountable = (try? SmallDisk()) != nil

        let directory: TemporaryDirectory
        private var filler: String { directory.path + "/filler" }

        init() throws {
            directory = try TemporaryDirectory()
            guard mount("tmpfs", directory.path, "tmpfs", 0, "size=4m") == 0 else {
                throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EPERM)
            }
        }

        /// Lazily: what still has files open loses them without a fault.
        deinit { umount2(directory.path, Int32(MNT_DETACH)) }

        func fill(leaving count: Int) throws {
            var status = statvfs()
            try #require(statvfs(directory.path, &status) == 0)
            let rest = Int(status.f_bavail) * Int(status.f_frsize) - count
            try Data(count: max(0, rest)).write(to: URL(filePath: filler))
        }

        /// To the last block.
        func fillUp() throws {
            let descriptor = open(filler, O_WRONLY | O_CREAT | O_APPEND, 0o600)
            try #require(descriptor >= 0)
            defer { close(descriptor) }
            let block = [UInt8](repeating: 1, count: 4096)
            while write(descriptor, block, block.count) > 0 {}
            try #require(errno == ENOSPC)
        }

        func free() throws { try FileManager.default.removeItem(atPath: filler) }
    }
#endif
