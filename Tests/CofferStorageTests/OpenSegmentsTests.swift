import CofferSystem
import CofferTestSupport
import Testing

@testable import CofferStorage

/// The files of segments that stay open between reads.
struct OpenSegmentsTests {
    private let directory: TemporaryDirectory
    private let open = OpenSegments(limit: 3)
    private let files = PosixFileSystem()

    init() throws { directory = try TemporaryDirectory() }

    private func path(_ id: Int64) -> String { directory.path("\(id)") }

    @discardableResult
    private func keep(_ id: Int64, openedAt removals: UInt64? = nil) throws -> SegmentFile {
        if !files.exists(path(id)) { try directory.write("segment \(id)", to: "\(id)") }
        let segment = try SegmentFile(files.openFile(path(id), for: .reading), mappings: open.mappings)
        open.keep(segment, as: SegmentID(id), openedAt: removals ?? open.removals)
        return segment
    }

    @Test func `A segment that was opened is found, and others are not`() throws {
        let kept = try keep(1)
        #expect(open.find(SegmentID(1)) === kept && open.find(SegmentID(2)) == nil)
    }

    @Test func `The one that was not used for longest makes room for another`() throws {
        for id in 1...3 { try keep(Int64(id)) }
        #expect(open.find(SegmentID(1)) != nil)
        try keep(4)
        #expect(open.count == 3 && open.find(SegmentID(2)) == nil)
        for id in [1, 3, 4] { #expect(open.find(SegmentID(Int64(id))) != nil) }
    }

    @Test(arguments: ["written", "replaced", "moved", "linked", "removed"])
    func `A file that was changed is not found`(change: String) throws {
        try keep(1)
        switch change {
        case "written": try files.openFile(path(1), for: .updating).resize(to: 5)
        case "replaced":
            try directory.write("segment 1", to: "new")
            try files.move(directory.path("new"), to: path(1))
        case "moved": try files.move(path(1), to: directory.path("other"))
        case "linked": try files.link(path(1), as: directory.path("other"))
        default: try files.removeFile(path(1))
        }
        #expect(open.find(SegmentID(1)) == nil && open.count == 0)
    }

    @Test func `A segment that was removed is closed at once, also if it was just being opened`() throws {
        try keep(1)
        let removals = open.removals
        open.close(SegmentID(1))
        #expect(open.count == 0)
        try keep(2, openedAt: removals)
        #expect(open.count == 0)
        try keep(2)
        #expect(open.count == 1)
    }

    @Test func `An unused file is closed after a while`() throws {
        try keep(1)
        let time = SystemTime.nanoseconds
        while SystemTime.nanoseconds == time {}
        try keep(2)
        open.close(unusedSince: time)
        #expect(open.find(SegmentID(1)) == nil && open.find(SegmentID(2)) != nil)
        #expect(open.closeAll() && open.count == 0 && !open.closeAll())
    }

    @Test func `Only a file that is used again is mapped`() throws {
        let bytes = try directory.file("1", byteCount: 100_000)
        let kept = try keep(1)
        #expect(kept.mapped(0..<100_000) == nil && open.mappings.usedByteCount == 0)
        let again = try #require(open.find(SegmentID(1)))
        #expect(again.mapped(5..<100_000)?.count == bytes.count - 5 && open.mappings.usedByteCount == 100_000)
        #expect(again.mapped(0..<1) != nil && open.mappings.usedByteCount == 100_000)
    }

    @Test func `A closed file is released when its last reader is`() throws {
        _ = try directory.file("1", byteCount: 100_000)
        var reader: SegmentFile? = try keep(1)
        _ = open.find(SegmentID(1))
        #expect(reader?.mapped(0..<100_000) != nil)
        open.close(SegmentID(1))
        #expect(open.mappings.usedByteCount == 100_000)
        reader = nil
        #expect(open.mappings.usedByteCount == 0)
    }
}
