import CofferSystem
import CofferTestSupport
import Foundation
import Testing

/// What storage relies on, of the system's files and of simulated ones.
struct FileSystemTests {
    /// A directory on one of the disks, removed with its owner.
    final class Place {
        let files: any FileSystem
        let root: String

        init(isSimulated: Bool) throws {
            if isSimulated {
                files = SimulatedDisk(seed: 1)
                root = "/root"
                try files.makeDirectory(root)
            } else {
                files = PosixFileSystem()
                root = FileManager.default.temporaryDirectory.appending(path: "coffer-\(UUID().uuidString)").path
                try files.makeDirectory(root)
            }
        }

        deinit {
            // What cannot be removed stays for the system's own cleaning of temporary files.
            if files is PosixFileSystem { try? FileManager.default.removeItem(atPath: root) }
        }

        func path(_ name: String) -> String { "\(root)/\(name)" }

        func write(_ bytes: [UInt8], _ name: String) throws {
            try files.openFile(path(name), for: .creating).append(bytes.span)
        }

        func read(_ name: String) throws -> [UInt8] {
            try files.openFile(path(name), for: .reading).read(upTo: 100)
        }

        func exists(_ name: String) -> Bool { files.exists(path(name)) }
    }

    @Test(arguments: [false, true])
    func `A file grows at its end and is read at any offset`(isSimulated: Bool) throws {
        let place = try Place(isSimulated: isSimulated)
        let file = try place.files.openFile(place.path("a"), for: .creating)
        try file.append([1, 2, 3].span)
        try file.append([4, 5].span)
        try file.syncData()
        try file.syncAll()
        let reader = try place.files.openFile(place.path("a"), for: .reading)
        #expect(try reader.status.byteCount == 5)
        var buffer = [UInt8](repeating: 0, count: 3)
        #expect(try buffer.withUnsafeMutableBytes { try reader.read(at: 3, into: $0) } == 2)
        #expect(buffer == [4, 5, 0])
        #expect(try buffer.withUnsafeMutableBytes { try reader.read(at: 9, into: $0) } == 0)
    }

    @Test(arguments: [false, true])
    func `A purpose decides whether a file must exist`(isSimulated: Bool) throws {
        let place = try Place(isSimulated: isSimulated)
        for purpose in [FilePurpose.reading, .updating] {
            #expect(throws: SystemError(ENOENT)) { try place.files.openFile(place.path("a"), for: purpose) }
        }
        _ = try place.files.openFile(place.path("a"), for: .making)
        for purpose in [FilePurpose.reading, .updating, .making] {
            _ = try place.files.openFile(place.path("a"), for: purpose)
        }
        #expect(throws: SystemError(EEXIST)) { try place.files.openFile(place.path("a"), for: .creating) }
        #expect(throws: SystemError(ENOENT)) { try place.files.openFile(place.path("b/a"), for: .creating) }
        #expect(throws: SystemError(ENOTDIR)) { try place.files.openFile(place.path("a/a"), for: .creating) }
        let status = try place.files.status(of: place.path("a"), followsLinks: false)
        #expect(status.kind == .file && status.rights == 0o600 && status.owner == geteuid())
    }

    @Test(arguments: [false, true])
    func `Moving a file replaces another, and linking does not`(isSimulated: Bool) throws {
        let place = try Place(isSimulated: isSimulated)
        try place.write([1], "a")
        try place.write([2], "b")
        let opened = try place.files.openFile(place.path("b"), for: .reading)
        #expect(throws: SystemError(EEXIST)) { try place.files.link(place.path("a"), as: place.path("b")) }
        try place.files.move(place.path("a"), to: place.path("b"))
        #expect(try place.read("b") == [1] && !place.exists("a"))
        #expect(try opened.read(upTo: 9) == [2])
        try place.files.link(place.path("b"), as: place.path("c"))
        try place.files.removeFile(place.path("b"))
        #expect(try place.read("c") == [1])
        #expect(throws: SystemError(ENOENT)) { try place.files.move(place.path("a"), to: place.path("b")) }
        #expect(throws: SystemError(ENOENT)) { try place.files.move(place.path("c"), to: place.path("d/c")) }
        #expect(throws: SystemError(ENOENT)) { try place.files.removeFile(place.path("a")) }
    }

    @Test(arguments: [false, true])
    func `A directory has names, and goes when it has none`(isSimulated: Bool) throws {
        let place = try Place(isSimulated: isSimulated)
        try place.files.makeDirectory(place.path("d"))
        #expect(throws: SystemError(EEXIST)) { try place.files.makeDirectory(place.path("d")) }
        #expect(throws: SystemError(ENOENT)) { try place.files.makeDirectory(place.path("e/d")) }
        try place.write([1], "d/.a")
        try place.write([1], "d/b")
        try place.files.syncDirectory(place.path("d"))
        #expect(try place.files.names(in: place.path("d")).sorted() == [".a", "b"])
        #expect(throws: SystemError(ENOTEMPTY)) { try place.files.removeDirectory(place.path("d")) }
        #expect(place.files.isDirectory(place.path("d")) && !place.files.isDirectory(place.path("d/b")))
        #expect(place.files.byteCount(ofFile: place.path("d")) == nil)
        #expect(place.files.byteCount(ofFile: place.path("d/b")) == 1)
        for name in [".a", "b"] { try place.files.removeFile(place.path("d/\(name)")) }
        try place.files.removeDirectory(place.path("d"))
        #expect(throws: SystemError(ENOENT)) { try place.files.removeDirectory(place.path("d")) }
        #expect(throws: SystemError(ENOENT)) { try place.files.names(in: place.path("d")) }
        #expect(throws: SystemError(ENOENT)) { try place.files.syncDirectory(place.path("d")) }
        #expect(throws: SystemError(ENOENT)) { try place.files.status(of: place.path("d"), followsLinks: true) }
    }

    @Test(arguments: [false, true])
    func `A file is cut off, extended, and takes space`(isSimulated: Bool) throws {
        let place = try Place(isSimulated: isSimulated)
        try place.write([1, 2, 3], "a")
        let file = try place.files.openFile(place.path("a"), for: .updating)
        try file.resize(to: 1)
        try file.allocate(4)
        #expect(try place.read("a") == [1, 0, 0, 0])
        try file.allocate(2)
        #expect(try file.status.byteCount == 4)
        try file.setRights(0o640)
        #expect(try file.status.rights == 0o640)
        let space = try place.files.space(at: place.root)
        #expect(space.freeByteCount > 0 && space.freeByteCount <= space.totalByteCount)
    }

    @Test(arguments: [false, true])
    func `A file's lock is held until it is closed`(isSimulated: Bool) throws {
        let place = try Place(isSimulated: isSimulated)
        do {
            let first = try place.files.openFile(place.path("a"), for: .making)
            try first.lock(waits: false)
            let second = try place.files.openFile(place.path("a"), for: .making)
            #expect(throws: SystemError(EWOULDBLOCK)) { try second.lock(waits: false) }
            withExtendedLifetime(first) {}
        }
        try place.files.openFile(place.path("a"), for: .making).lock(waits: false)
    }

    @Test(arguments: [false, true])
    func `A draft becomes a file in one step`(isSimulated: Bool) throws {
        let place = try Place(isSimulated: isSimulated)
        let path = place.path("a")
        let first = try FileDraft(of: path, rights: 0o600, in: place.files)
        try first.write([1])
        try first.create()
        #expect(throws: SystemError(EEXIST)) {
            try FileDraft(of: path, rights: 0o600, in: place.files).create()
        }
        let third = try FileDraft(of: path, rights: 0o640, in: place.files)
        try third.write([2])
        #expect(try place.read("a") == [1])
        try third.replace()
        #expect(try place.read("a") == [2])
        #expect(try place.files.status(of: path, followsLinks: true).rights == 0o640)
        #expect(try place.files.names(in: place.root) == ["a"])
    }
}
