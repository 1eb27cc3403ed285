import CofferSystem
import CofferTestSupport
import Foundation
import Synchronization
import Testing

@testable import CofferStorage

/// What the start of a temporary store removes of what it finds, and what it leaves alone.
struct EphemeralDirectoryTests {
    private static let marker = EphemeralDirectory.markerName
    private let disk = PosixFileSystem()

    @Test func `Others look for abandoned directories while one is made`() async throws {
        let base = try TemporaryDirectory()
        let isMade = Atomic(false)
        let path = base.path
        let sweeps = Thread {
            let disk = PosixFileSystem()
            while !isMade.load(ordering: .relaxed) { EphemeralDirectory.removeAbandoned(in: path, disk) }
        }
        sweeps.start()
        defer { isMade.store(true, ordering: .relaxed) }
        for _ in 0..<500 {
            let (made, marker) = try EphemeralDirectory.make(in: path, disk)
            #expect(fileSize("\(made)/\(Self.marker)") != nil)
            EphemeralDirectory.remove(made, disk)
            withExtendedLifetime(marker) {}
        }
    }

    @Test func `A marked directory whose process is gone is removed`() throws {
        let base = try TemporaryDirectory()
        let path: String
        do {
            let (made, marker) = try EphemeralDirectory.make(in: base.path, disk)
            path = made
            try Data([1]).write(to: URL(filePath: path + "/catalog.sqlite"))
            try FileManager.default.createDirectory(atPath: path + "/blobs/00", withIntermediateDirectories: true)
            EphemeralDirectory.removeAbandoned(in: base.path, disk)
            #expect(FileManager.default.fileExists(atPath: path + "/catalog.sqlite"))
            withExtendedLifetime(marker) {}
        }
        EphemeralDirectory.removeAbandoned(in: base.path, disk)
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `A directory that somebody keeps data in is left, whatever it is called`() async throws {
        let base = try TemporaryDirectory()
        for name in ["coffer.data", "coffer.abcdef"] {
            let store = try await ObjectStore(path: "\(base.path)/\(name)", onFault: { _ in })
            try await store.close()
        }
        let before = try Self.everything(base)
        EphemeralDirectory.removeAbandoned(in: base.path, disk)
        #expect(try Self.everything(base) == before)
    }

    @Test(arguments: ["", "This directory is", "another text than the one that a server writes into its marker file"])
    func `A marker that is not whole marks nothing`(text: String) throws {
        let base = try TemporaryDirectory()
        try Self.makeDirectory("coffer.aaaaaa", in: base)
        try text.write(toFile: "\(base.path)/coffer.aaaaaa/\(Self.marker)", atomically: false, encoding: .utf8)
        let before = try Self.everything(base)
        EphemeralDirectory.removeAbandoned(in: base.path, disk)
        #expect(try Self.everything(base) == before)
    }

    @Test func `Links are not followed`() throws {
        let (base, elsewhere) = (try TemporaryDirectory(), try TemporaryDirectory())
        let path = try EphemeralDirectory.make(in: elsewhere.path, disk).path
        // A link in the place of the directory, one in the place of the marker, and one within what is removed.
        try FileManager.default.createSymbolicLink(
            atPath: base.path + "/coffer.aaaaaa", withDestinationPath: path)
        try Self.makeDirectory("coffer.bbbbbb", in: base)
        try FileManager.default.createSymbolicLink(
            atPath: "\(base.path)/coffer.bbbbbb/\(Self.marker)", withDestinationPath: "\(path)/\(Self.marker)")
        let removed = try EphemeralDirectory.make(in: base.path, disk).path
        try FileManager.default.createSymbolicLink(atPath: removed + "/link", withDestinationPath: path)
        EphemeralDirectory.removeAbandoned(in: base.path, disk)
        #expect(FileManager.default.fileExists(atPath: "\(path)/\(Self.marker)"))
        #expect(FileManager.default.fileExists(atPath: "\(base.path)/coffer.bbbbbb"))
        #expect(!FileManager.default.fileExists(atPath: removed))
    }

    @Test func `What a killed process left can be kept by giving it as the data directory`() async throws {
        let base = try TemporaryDirectory()
        let path = try EphemeralDirectory.make(in: base.path, disk).path
        let store = try await ObjectStore(path: path, onFault: { _ in })
        EphemeralDirectory.removeAbandoned(in: base.path, disk)
        try await store.close()
        EphemeralDirectory.removeAbandoned(in: base.path, disk)
        #expect(fileSize(path + "/catalog.sqlite") != nil)
    }

    @Test func `Many that begin at once leave one another alone`() async throws {
        let base = try TemporaryDirectory()
        do {
            let made = try await withThrowingTaskGroup(of: (String, any File).self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        let made = try EphemeralDirectory.make(in: base.path, disk)
                        EphemeralDirectory.removeAbandoned(in: base.path, disk)
                        return made
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for (path, _) in made { #expect(fileSize("\(path)/\(Self.marker)") != nil) }
            withExtendedLifetime(made) {}
        }
        EphemeralDirectory.removeAbandoned(in: base.path, disk)
        #expect(try Self.everything(base).isEmpty)
    }

    private static func makeDirectory(_ name: String, in base: TemporaryDirectory) throws {
        try FileManager.default.createDirectory(
            atPath: "\(base.path)/\(name)", withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    }

    private static func everything(_ base: TemporaryDirectory) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: base.path).sorted()
    }
}
