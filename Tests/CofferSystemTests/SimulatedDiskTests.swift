import CofferSystem
import CofferTestSupport
import Glibc
import Testing

/// What a loss of power leaves on a simulated disk.
struct SimulatedDiskTests {
    private static let seeds: Range<UInt64> = 1..<101

    /// Runs the same calls on a new disk for every seed, cuts the power, and returns what each of the disks shows.
    private func outcomes<Outcome>(
        _ calls: (SimulatedDisk) throws -> Void, _ look: (SimulatedDisk) throws -> Outcome
    ) throws -> [Outcome] {
        try Self.seeds.map { seed in
            var generator = SeededGenerator(seed: seed)
            let disk = SimulatedDisk(seed: seed)
            try calls(disk)
            return try look(disk.cutPower(using: &generator))
        }
    }

    private func bytes(_ path: String, _ disk: SimulatedDisk) -> [UInt8]? {
        // A file that is gone has no bytes.
        try? disk.openFile(path, for: .reading).read(upTo: 10_000)
    }

    @Test func `What is synced survives, with its name`() throws {
        let found = try outcomes { disk in
            try disk.makeDirectory("/d")
            let file = try disk.openFile("/d/a", for: .creating)
            try file.append([1, 2, 3].span)
            try file.syncData()
            try disk.syncDirectory("/d")
            try disk.syncDirectory("/")
        } _: {
            bytes("/d/a", $0)
        }
        #expect(found.allSatisfy { $0 == [1, 2, 3] })
    }

    @Test func `What is not synced is kept, lost or torn, by sectors`() throws {
        let (old, new) = ([UInt8](repeating: 1, count: 4096), [UInt8](repeating: 2, count: 6144))
        let found = try outcomes { disk in
            let file = try disk.openFile("/a", for: .creating)
            try file.append(old.span)
            try file.syncData()
            try disk.syncDirectory("/")
            try file.resize(to: 0)
            try file.append(new.span)
        } _: {
            bytes("/a", $0) ?? []
        }
        #expect(found.contains(old) && found.contains(new))
        #expect(found.contains { $0.isEmpty })
        let sectors = found.flatMap { bytes in
            stride(from: 0, to: bytes.count, by: 512).map { Set(bytes[$0..<min($0 + 512, bytes.count)]) }
        }
        #expect(Set(sectors) == [[0], [1], [2]])
        #expect(found.contains { Set($0) == [1, 2] || Set($0) == [0, 1, 2] })
    }

    @Test func `A name that is not synced may be lost, and a removed one may come back`() throws {
        let found = try outcomes { disk in
            let file = try disk.openFile("/old", for: .creating)
            try file.append([1].span)
            try file.syncData()
            try disk.syncDirectory("/")
            try disk.removeFile("/old")
            try disk.openFile("/new", for: .creating).syncData()
        } _: { disk in
            (old: bytes("/old", disk), hasNew: disk.exists("/new"))
        }
        for hasOld in [false, true] {
            for hasNew in [false, true] {
                #expect(found.contains { ($0.old == [1]) == hasOld && $0.hasNew == hasNew })
            }
        }
    }

    @Test func `A directory whose own name is not synced is lost with what is in it`() throws {
        let found = try outcomes { disk in
            try disk.makeDirectory("/d")
            let file = try disk.openFile("/d/a", for: .creating)
            try file.syncData()
            try disk.syncDirectory("/d")
        } _: {
            $0.exists("/d/a")
        }
        #expect(Set(found) == [false, true])
    }

    @Test(arguments: [false, true])
    func `A file is moved to another directory or is not, but has one name`(isSynced: Bool) throws {
        let found = try outcomes { disk in
            for name in ["/a", "/b"] { try disk.makeDirectory(name) }
            let file = try disk.openFile("/a/file", for: .creating)
            try file.append([1].span)
            try file.syncData()
            for name in ["/a", "/"] { try disk.syncDirectory(name) }
            try disk.move("/a/file", to: "/b/file")
            if isSynced { try disk.syncDirectory("/b") }
        } _: { disk in
            [bytes("/a/file", disk), bytes("/b/file", disk)]
        }
        #expect(found.allSatisfy { $0 == [nil, [1]] || $0 == [[1], nil] })
        #expect(found.contains([nil, [1]]) && found.contains([[1], nil]) != isSynced)
    }

    /// In every place of its calls the power is cut.
    @Test func `A draft leaves the old file or the new one, and one that is not synced does not`() throws {
        #expect(try contentsAfterReplacing { try $0.replace() } == [[1], [2]])
        #expect(try contentsAfterReplacing(isSynced: false) { try $0.replace() } != [[1], [2]])
    }

    private func contentsAfterReplacing(
        isSynced: Bool = true, _ replace: (consuming FileDraft) throws -> Void
    ) throws -> Set<[UInt8]?> {
        var found: Set<[UInt8]?> = []
        for seed in Self.seeds {
            var generator = SeededGenerator(seed: seed)
            let disk = SimulatedDisk(seed: seed)
            let first = try FileDraft(of: "/a", rights: 0o600, in: disk)
            try first.write([1])
            try first.create()
            disk.cutPower(after: Int.random(in: 1..<10, using: &generator))
            // The power is cut somewhere on the way.
            try? {
                let files: any FileSystem = isSynced ? disk : ForgetfulFiles(disk, forgetting: .contents)
                let second = try FileDraft(of: "/a", rights: 0o600, in: files)
                try second.write([2])
                try replace(second)
            }()
            found.insert(bytes("/a", disk.cutPower(using: &generator)))
        }
        return found
    }

    @Test func `A call fails as it was told to, and the next ones work`() throws {
        let disk = SimulatedDisk(seed: 1)
        disk.failCall(after: 2, with: EDQUOT)
        try disk.makeDirectory("/a")
        #expect(throws: SystemError(EDQUOT)) { try disk.makeDirectory("/b") }
        try disk.makeDirectory("/b")
        #expect(disk.callCount == 3)
    }

    @Test func `Without power every call fails, and the disk stays as it is`() throws {
        let disk = SimulatedDisk(seed: 1)
        try disk.makeDirectory("/a")
        try disk.syncDirectory("/")
        disk.cutPower(after: 2)
        try disk.makeDirectory("/b")
        #expect(throws: SystemError(EIO)) { try disk.makeDirectory("/c") }
        #expect(disk.isOff)
        #expect(throws: SystemError(EIO)) { try disk.syncDirectory("/") }
        var generator = SeededGenerator(seed: 1)
        #expect(try disk.cutPower(using: &generator).names(in: "/").contains("a"))
    }

    @Test func `A full disk takes nothing more, and what is removed makes room`() throws {
        let disk = SimulatedDisk(byteCount: 10_000, seed: 1)
        let file = try disk.openFile("/a", for: .creating)
        try file.allocate(8000)
        #expect(try disk.space(at: "/").freeByteCount == 2000)
        #expect(throws: SystemError(ENOSPC)) { try file.append([UInt8](repeating: 1, count: 2001).span) }
        #expect(try file.status.byteCount == 8000)
        try disk.removeFile("/a")
        #expect(try disk.space(at: "/").freeByteCount == 10_000)
    }
}
