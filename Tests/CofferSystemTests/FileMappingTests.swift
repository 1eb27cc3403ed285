import CofferSystem
import CofferTestSupport
import Glibc
import Testing

/// Reading without waiting for the disk, and mapped files.
struct FileMappingTests {
    private let directory: TemporaryDirectory
    private let bytes: [UInt8]
    private let file: any File

    init() throws {
        directory = try TemporaryDirectory()
        bytes = try directory.file("a", byteCount: 300_001)
        file = try PosixFileSystem().openFile(directory.path("a"), for: .reading)
    }

    @Test func `What is in memory is read without waiting, up to the end of the file`() throws {
        var buffer = [UInt8](repeating: 0, count: 100)
        #expect(try buffer.withUnsafeMutableBytes { try file.readCached(at: 1000, into: $0) } == 100)
        #expect(buffer == Array(bytes[1000..<1100]))
        #expect(try buffer.withUnsafeMutableBytes { try file.readCached(at: 300_000, into: $0) } == 1)
        #expect(buffer[0] == bytes[300_000])
        #expect(try buffer.withUnsafeMutableBytes { try file.readCached(at: 400_000, into: $0) } == 0)
    }

    @Test func `What cannot be read without waiting is an error only where it is waited for`() throws {
        let directory = try PosixFileSystem().openFile(directory.path, for: .reading)
        var buffer = [UInt8](repeating: 0, count: 100)
        #expect(try buffer.withUnsafeMutableBytes { try directory.readCached(at: 0, into: $0) } == nil)
        #expect(throws: SystemError(EISDIR)) {
            try buffer.withUnsafeMutableBytes { try directory.read(at: 0, into: $0) }
        }
    }

    /// The system may be asked to forget a file, and does so on a disk, but not where files are in memory anyway.
    @Test func `What is not in memory is neither read nor sent, until it was waited for`() throws {
        try forget()
        var buffer = [UInt8](repeating: 0, count: 4096)
        let mapping = try #require(file.map(within: MappingBudget(limit: 1 << 20)))
        // Before the read, which may make the system fetch what it does not wait for.
        let isOnDisk = mapping.bytes(200_000..<204_096) == nil
        let cached = try buffer.withUnsafeMutableBytes { try file.readCached(at: 200_000, into: $0) }
        #expect((cached == nil) == isOnDisk)
        #expect(try buffer.withUnsafeMutableBytes { try file.read(at: 200_000, into: $0) } == 4096)
        #expect(try buffer.withUnsafeMutableBytes { try file.readCached(at: 200_000, into: $0) } == 4096)
        #expect(mapping.bytes(200_000..<204_096) != nil)
    }

    @Test(arguments: [0..<300_001, 0..<1, 4095..<4097, 300_000..<300_001])
    func `A system call finds the bytes of a range`(range: Range<Int>) throws {
        let mapping = try #require(file.map(within: MappingBudget(limit: 1 << 20)))
        let mapped = try #require(mapping.bytes(range))
        #expect(mapped.count == range.count)
        #expect(try Self.written(mapped, to: directory.path("copy")) == range.count)
        #expect(try directory.bytes("copy") == Array(bytes[range]))
    }

    /// Where the process would be killed if it read the bytes itself.
    @Test func `A file that was cut off since is an error of the system call`() throws {
        let mapping = try #require(file.map(within: MappingBudget(limit: 1 << 20)))
        let mapped = try #require(mapping.bytes(100_000..<300_000))
        try PosixFileSystem().openFile(directory.path("a"), for: .updating).resize(to: 5)
        #expect(mapping.bytes(100_000..<300_000) == nil)
        #expect(throws: SystemError(EFAULT)) { try Self.written(mapped, to: directory.path("copy")) }
    }

    @Test func `No more is mapped than the budget allows, and the same again when it was released`() throws {
        let budget = MappingBudget(limit: 600_002)
        var mappings = (0..<2).map { _ in file.map(within: budget) }
        #expect(mappings.allSatisfy { $0 != nil } && file.map(within: budget) == nil)
        #expect(budget.usedByteCount == 600_002)
        let kept = try #require(mappings[0]?.bytes(0..<10))
        mappings = []
        #expect(budget.usedByteCount == 300_001)
        withExtendedLifetime(kept) {}
        #expect(file.map(within: budget) != nil)
    }

    @Test func `A file without bytes, or one of a simulated disk, is not mapped`() throws {
        try directory.write("", to: "empty")
        let empty = try PosixFileSystem().openFile(directory.path("empty"), for: .reading)
        let budget = MappingBudget(limit: 1 << 20)
        #expect(empty.map(within: budget) == nil && budget.usedByteCount == 0)
        #expect(try SimulatedDisk(seed: 1).openFile("/a", for: .making).map(within: budget) == nil)
    }

    @Test(arguments: [false, true])
    func `A file's status tells whether it was changed, moved or replaced`(isSimulated: Bool) throws {
        let files: any FileSystem = isSimulated ? SimulatedDisk(seed: 1) : PosixFileSystem()
        let root = isSimulated ? "" : directory.path
        let file = try files.openFile("\(root)/b", for: .creating)
        try file.append([1, 2, 3].span)
        let before = try file.status
        #expect(try files.status(of: "\(root)/b", followsLinks: false) == before)
        let other = try files.openFile("\(root)/c", for: .creating)
        try other.append([1, 2, 3].span)
        #expect(try other.status.number != before.number)
        // The system's clock of files may stand still for some milliseconds.
        repeat { try file.append([4].span) } while try file.status.modifiedNanoseconds == before.modifiedNanoseconds
        #expect(try file.status != before)
    }

    /// Writes mapped bytes to a file by a system call.
    private static func written(_ mapped: MappedBytes, to path: String) throws -> Int {
        let copy = try FileDescriptor(opening: path, O_WRONLY | O_CREAT | O_TRUNC)
        let count = write(copy.number, mapped.start, mapped.count)
        guard count >= 0 else { throw SystemError.last }
        return count
    }

    private func forget() throws {
        let descriptor = try FileDescriptor(opening: directory.path("a"), O_RDONLY)
        try #require(fsync(descriptor.number) == 0)
        try #require(posix_fadvise(descriptor.number, 0, 0, POSIX_FADV_DONTNEED) == 0)
    }
}
