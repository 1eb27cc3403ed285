import CofferModel
import Foundation
import Testing

@testable import CofferStorage

/// Stored bytes that are not those that were written, as a disk may give them back.
struct DamageTests {
    private static let stretch = Int(SegmentChecksums.stretchByteCount)

    /// In the first stretch, in the middle, at its last byte, in the last one of all.
    @Test(
        arguments: [
            (5000, 0), (5000, 4999), (stretch, stretch - 1), (3 * stretch + 7, 2 * stretch), (3 * stretch + 7, -1),
        ])
    func `A changed byte of a file is found before the end of a read, and counted`(count: Int, place: Int) async throws
    {
        let fixture = try await StoreFixture()
        let record = try await fixture.put(StoreFixture.pattern(count), as: "a")
        try fixture.changeFile { $0[place < 0 ? count - 1 : place] ^= 1 }
        await #expect(throws: StorageError.self) { try await fixture.bytes(of: record) }
        #expect(fixture.store.damagedReadCount == 1)
        let error = await #expect(throws: StorageError.self) { try await fixture.read(record) }
        #expect(error?.name == "damaged")
        #expect(fixture.store.damagedReadCount == 2)
    }

    @Test func `What is handed out before a changed byte is found is what was written`() async throws {
        let fixture = try await StoreFixture()
        let body = StoreFixture.pattern(2 * Self.stretch + 10)
        let record = try await fixture.put(body, as: "a")
        try fixture.changeFile { $0[Self.stretch + 5] ^= 0x80 }
        var seen: [UInt8] = []
        guard case .reader(let reader) = try await fixture.content(of: record) else { throw StorageError.sourceChanged }
        #expect(throws: StorageError.self) {
            while true {
                var buffer = [UInt8](repeating: 0, count: 100_000)
                let count = try buffer.withUnsafeMutableBytes { try reader.read(into: $0) }
                seen += buffer[..<count]
                try #require(count > 0)
            }
        }
        #expect(seen.count < 2 * Self.stretch && body.starts(with: seen[..<Self.stretch]))
    }

    @Test(arguments: [0..<10, 5..<6, 0..<100])
    func `A changed byte in the catalog is found by a read of any range`(range: Range<Int64>) async throws {
        let fixture = try await StoreFixture()
        let record = try await fixture.put(StoreFixture.pattern(100), as: "a")
        try fixture.changeCatalog("UPDATE segments SET bytes = CAST(substr(bytes, 1, 99) || x'ff' AS BLOB)")
        let error = await #expect(throws: StorageError.self) { try await fixture.bytes(of: record, range) }
        #expect(error?.name == "damaged")
        #expect(fixture.store.damagedReadCount == 1)
    }

    @Test func `Ranges that begin and end anywhere are read, and find damage in stretches that lie within them`()
        async throws
    {
        let fixture = try await StoreFixture()
        let body = StoreFixture.pattern(3 * Self.stretch + 100)
        let record = try await fixture.put(body, as: "a")
        let borders =
            [0, 1, Self.stretch - 1, Self.stretch, Self.stretch + 1, 2 * Self.stretch] + [body.count - 1, body.count]
        for first in borders {
            for last in borders where first <= last {
                #expect(try await fixture.bytes(of: record, Int64(first)..<Int64(last)) == Array(body[first..<last]))
            }
        }
        try fixture.changeFile { $0[Self.stretch + 5] ^= 1 }
        await #expect(throws: StorageError.self) { try await fixture.bytes(of: record, 1..<Int64(2 * Self.stretch)) }
        let rest = 2 * Self.stretch
        #expect(try await fixture.bytes(of: record, Int64(rest)..<record.size) == Array(body[rest...]))
        #expect(fixture.store.damagedReadCount == 1)
    }

    @Test(arguments: [-1, 1, -5000])
    func `A file of another length is found before anything is read`(difference: Int) async throws {
        let fixture = try await StoreFixture()
        let record = try await fixture.put(StoreFixture.pattern(5000), as: "a")
        try fixture.changeFile { $0 = difference < 0 ? $0.dropLast(-difference) : $0 + [0] }
        let error = await #expect(throws: StorageError.self) { try await fixture.content(of: record, 0..<10) }
        #expect(error?.name == "damaged")
    }

    @Test func `A file that is missing is damage while the catalog names it, and otherwise gone`() async throws {
        let fixture = try await StoreFixture()
        let record = try await fixture.put(StoreFixture.pattern(5000), as: "a")
        let parts = try await fixture.put(parts: [StoreFixture.pattern(6000), [1]], as: "b")
        for file in try fixture.blobFiles {
            try FileManager.default.removeItem(atPath: "\(fixture.store.path)/blobs/\(file)")
        }
        for damaged in [record, parts] {
            let error = await #expect(throws: StorageError.self) { try await fixture.content(of: damaged) }
            #expect(error?.name == "damaged")
        }
        try await fixture.delete("a", "b")
        for deleted in [record, parts] {
            guard case .gone = try await fixture.content(of: deleted) else {
                Issue.record("deleted objects are gone")
                return
            }
        }
    }

    @Test func `Each part of an object is proved, and what is copied or renamed with it`() async throws {
        let fixture = try await StoreFixture()
        try await fixture.put(parts: [StoreFixture.pattern(5000), StoreFixture.pattern(6000, seed: 1)], as: "a")
        try await fixture.copy("a", to: "copy")
        try fixture.changeFile(ofByteCount: 6000) { $0[5999] ^= 1 }
        for name in ["a", "copy"] {
            let record = try #require(try await fixture.current(name))
            #expect(try await fixture.bytes(of: record, 0..<5000) == StoreFixture.pattern(5000))
            await #expect(throws: StorageError.self) { try await fixture.bytes(of: record) }
        }
    }

    @Test func `Bytes that are added to damaged ones do not make them look right`() async throws {
        let fixture = try await StoreFixture()
        try await fixture.put(StoreFixture.pattern(50), as: "a")
        try fixture.changeCatalog("UPDATE segments SET bytes = zeroblob(50)")
        let record = try await fixture.append([1, 2], to: "a")
        let error = await #expect(throws: StorageError.self) { try await fixture.bytes(of: record) }
        #expect(error?.name == "damaged")
    }

    @Test func `Bytes that are added to few others have a checksum with them`() async throws {
        let fixture = try await StoreFixture()
        try await fixture.put(StoreFixture.pattern(50), as: "a")
        let record = try await fixture.append([1, 2], to: "a")
        #expect(try fixture.segmentCount == 1)
        #expect(try await fixture.bytes(of: record) == StoreFixture.pattern(50) + [1, 2])
        try fixture.changeCatalog("UPDATE segments SET bytes = zeroblob(52)")
        await #expect(throws: StorageError.self) { try await fixture.bytes(of: record) }
    }

    @Test(arguments: [50, 5000])
    func `Bytes whose checksum is missing are not believed`(count: Int) async throws {
        let fixture = try await StoreFixture()
        let record = try await fixture.put(StoreFixture.pattern(count), as: "a")
        try fixture.changeCatalog("UPDATE segments SET checksums = x''")
        let error = await #expect(throws: StorageError.self) { try await fixture.bytes(of: record) }
        #expect(error?.name == "damaged")
    }

    @Test func `A whole segment of every length around a stretch's has the checksum of its pieces`() {
        for count in [1, Self.stretch - 1, Self.stretch, Self.stretch + 1, 2 * Self.stretch] {
            let bytes = StoreFixture.pattern(count)
            for piece in [9973, Self.stretch, count] {
                var running = RunningChecksums()
                for start in stride(from: 0, to: count, by: piece) {
                    running.update(bytes.span.extracting(start..<min(start + piece, count)))
                }
                let checksums = running.finalize()
                #expect(checksums == SegmentChecksums(of: bytes))
                #expect(checksums.bytes.count == (count + Self.stretch - 1) / Self.stretch * 4)
            }
        }
        // Of "123456789", as the catalogue of CRCs has it.
        #expect(SegmentChecksums(of: Array("123456789".utf8)).bytes == [0xE3, 0x06, 0x92, 0x83])
    }
}

extension StoreFixture {
    func content(of record: ObjectRecord, _ range: Range<Int64>? = nil) async throws -> StoredContent {
        try await store.content(of: record, in: bucket, range: range ?? 0..<record.size)
    }

    /// Reads an object as a copy does.
    func read(_ record: ObjectRecord) async throws {
        try await store.read(record, in: bucket, range: 0..<record.size) { _ in }
    }

    /// Writes the only file of a segment anew, or the only one of a length.
    func changeFile(ofByteCount count: Int64? = nil, _ change: (inout [UInt8]) -> Void) throws {
        let paths = try blobFiles.map { "\(store.path)/blobs/\($0)" }.filter { count == nil || fileSize($0) == count }
        try #require(paths.count == 1)
        var bytes = [UInt8](try Data(contentsOf: URL(filePath: paths[0])))
        change(&bytes)
        try Data(bytes).write(to: URL(filePath: paths[0]))
    }

    func changeCatalog(_ sql: String) throws {
        try SQLiteConnection(path: store.path + "/catalog.sqlite", isReadOnly: false).execute(sql)
    }
}
