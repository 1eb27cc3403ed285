import CofferModel
import CofferSystem
import Foundation
import Glibc
import Testing

@testable import CofferStorage

/// Segments that are read again: verified once, and sent from memory.
struct HotSegmentTests {
    private static let stretch = Int(SegmentChecksums.stretchByteCount)

    private static func mapped(
        _ fixture: StoreFixture, _ record: ObjectRecord, _ range: Range<Int64>? = nil
    ) async throws -> Int? {
        guard case .reader(let reader) = try await fixture.content(of: record, range) else { return nil }
        return await reader.mapped()?.reduce(0) { $0 + $1.count }
    }

    @Test func `A segment is sent from memory when it was read before, and each range for which it was verified`()
        async throws
    {
        let fixture = try await StoreFixture()
        let record = try await fixture.put(StoreFixture.pattern(3 * Self.stretch + 7), as: "a")
        #expect(try await Self.mapped(fixture, record) == nil)
        let half = 0..<Int64(Self.stretch + 40_000)
        _ = try await fixture.bytes(of: record, half)
        #expect(try await Self.mapped(fixture, record, half) == half.count)
        #expect(try await Self.mapped(fixture, record) == nil)
        _ = try await fixture.bytes(of: record)
        #expect(try await Self.mapped(fixture, record) == Int(record.size))
        #expect(try await Self.mapped(fixture, record, 5..<20_000) == nil)
    }

    @Test func `The parts of an object are sent from memory together, or none of them`() async throws {
        let fixture = try await StoreFixture()
        let sizes = [40_000, Self.stretch, 60_000]
        let record = try await fixture.put(parts: sizes.map { StoreFixture.pattern($0) }, as: "a")
        for _ in 0..<2 { _ = try await fixture.bytes(of: record) }
        #expect(try await Self.mapped(fixture, record) == sizes.reduce(0, +))
        try fixture.changeFile(ofByteCount: 60_000) { $0[5] ^= 1 }
        #expect(try await Self.mapped(fixture, record) == nil)
        #expect(try await Self.mapped(fixture, record, 0..<Int64(40_000 + Self.stretch)) == 40_000 + Self.stretch)
    }

    @Test(arguments: [(30_000, false), (32_768, true)])
    func `A short body is not mapped`(count: Int, isMapped: Bool) async throws {
        let fixture = try await StoreFixture()
        let record = try await fixture.put(StoreFixture.pattern(count), as: "a")
        for _ in 0..<2 { _ = try await fixture.bytes(of: record) }
        #expect((try await Self.mapped(fixture, record) != nil) == isMapped)
    }

    /// A file keeps its size, and its bytes are written where they are, or by another file that takes its place.
    @Test(arguments: [false, true])
    func `A byte that is changed after a segment was verified is found`(isReplaced: Bool) async throws {
        let fixture = try await StoreFixture()
        let record = try await fixture.put(StoreFixture.pattern(2 * Self.stretch), as: "a")
        for _ in 0..<2 { _ = try await fixture.bytes(of: record) }
        #expect(try await Self.mapped(fixture, record) != nil)
        let path = "\(fixture.store.path)/blobs/\(try #require(fixture.blobFiles.first))"
        var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        bytes[Self.stretch + 5] ^= 1
        try Data(bytes).write(to: URL(filePath: path), options: isReplaced ? .atomic : [])
        #expect(try await Self.mapped(fixture, record) == nil)
        for _ in 0..<2 {
            await #expect(throws: StorageError.self) { try await fixture.bytes(of: record) }
        }
        #expect(fixture.store.damagedReadCount == 2)
        // The first stretch is what was written, and stays readable.
        #expect(try await fixture.bytes(of: record, 0..<Int64(Self.stretch))?.count == Self.stretch)
    }

    @Test func `A byte that is changed while a verified segment is read is found in the next stretch`() async throws {
        let fixture = try await StoreFixture()
        let record = try await fixture.put(StoreFixture.pattern(3 * Self.stretch), as: "a")
        _ = try await fixture.bytes(of: record)
        guard case .reader(let reader) = try await fixture.content(of: record) else { throw StorageError.sourceChanged }
        var buffer = [UInt8](repeating: 0, count: Self.stretch / 2)
        #expect(try buffer.withUnsafeMutableBytes { try reader.read(into: $0) } == buffer.count)
        try fixture.changeFile { $0[2 * Self.stretch + 5] ^= 1 }
        await #expect(throws: StorageError.self) { try await StoreFixture.read(reader) }
    }

    @Test func `What was verified and then deleted is gone, and its disk space with it`() async throws {
        let fixture = try await StoreFixture()
        let record = try await fixture.put(StoreFixture.pattern(Self.stretch), as: "a")
        for _ in 0..<2 { _ = try await fixture.bytes(of: record) }
        #expect(try await Self.mapped(fixture, record) != nil)
        try await fixture.delete("a")
        try await fixture.eventually { try fixture.blobFiles.isEmpty }
        #expect(try await fixture.bytes(of: record) == nil)
        try await fixture.eventually { try Self.openRemovedFiles(below: fixture.store.path).isEmpty }
    }

    /// What the process has open, or mapped, although it is removed.
    private static func openRemovedFiles(below path: String) throws -> [String] {
        let files = FileManager.default
        let open = try files.contentsOfDirectory(atPath: "/proc/self/fd").compactMap {
            // Another test may have closed it meanwhile.
            try? files.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
        }
        let mapped = try String(contentsOfFile: "/proc/self/maps", encoding: .utf8).split(separator: "\n")
        return (open + mapped.map(String.init)).filter { $0.contains(path) && $0.hasSuffix("(deleted)") }
    }

    @Test func `A reader that does not wait gets everything, and waits in between where it must`() async throws {
        let fixture = try await StoreFixture(durability: .full)
        let body = StoreFixture.pattern(2 * Self.stretch + 77)
        let record = try await fixture.put(body, as: "a")
        try Self.forget("\(fixture.store.path)/blobs/\(try #require(fixture.blobFiles.first))")
        guard case .reader(let reader) = try await fixture.content(of: record) else { throw StorageError.sourceChanged }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 100_000)
        while bytes.count < body.count {
            let count = try buffer.withUnsafeMutableBytes { try reader.readCached(into: $0) }
            bytes += buffer[..<count]
            if count == 0 { #expect(try await reader.advance()) }
        }
        #expect(bytes == body)
        #expect(try await !reader.advance())
    }

    /// Has the system forget the contents of a file, where they are on a disk.
    private static func forget(_ path: String) throws {
        let descriptor = try FileDescriptor(opening: path, O_RDONLY)
        try #require(posix_fadvise(descriptor.number, 0, 0, POSIX_FADV_DONTNEED) == 0)
    }
}
