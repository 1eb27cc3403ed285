import CofferClient
import CofferTransfer
import Glibc
import Testing

struct DirectoryWalkTests {
    private static func entries(_ tree: FileTree, followsLinks: Bool = true) async throws -> [String] {
        var entries = FolderEntries(tree.folder, EntrySelection(followsLinks: followsLinks), skipsMarkers: true)
        return try await entries.described()
    }

    @Test func `Files come in the byte order of their relative names`() async throws {
        let names = ["a", "a-/x", "a.b", "a0", "ab/c", "z/z-", "z/z/z", "z.z", "ä", "a\u{300}/x"]
        let tree = try FileTree(Dictionary(uniqueKeysWithValues: names.map { ($0, "1") }))
        let sorted = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        #expect(try await Self.entries(tree) == sorted)
    }

    @Test func `Links are followed within the directory only`() async throws {
        let outside = try FileTree(["secret": "s"])
        let tree = try FileTree(["real/a": "1"])
        try tree.link("dir", to: "real")
        try tree.link("file", to: "real/a")
        try tree.link("real/loop", to: "..")
        try tree.link("out", to: outside.path)
        try tree.link("out2", to: outside.path("secret"))
        try tree.link("broken", to: "nowhere")
        #expect(
            try await Self.entries(tree) == [
                "broken: skipped: a symbolic link that leads nowhere", "dir/a",
                "dir/loop/: skipped: a symbolic link to a directory above it", "file",
                "out: skipped: a symbolic link that leads out of the directory",
                "out2: skipped: a symbolic link that leads out of the directory", "real/a",
                "real/loop/: skipped: a symbolic link to a directory above it",
            ])
    }

    @Test func `Links are skipped if they are not to be followed`() async throws {
        let tree = try FileTree(["real/a": "1"])
        try tree.link("dir", to: "real")
        try tree.link("file", to: "real/a")
        #expect(
            try await Self.entries(tree, followsLinks: false)
                == ["dir: skipped: a symbolic link", "file: skipped: a symbolic link", "real/a"])
    }

    @Test func `What is not a regular file is skipped, and a name that is not UTF-8 is a failure`() async throws {
        let tree = try FileTree(["a": "1", ".0123456789ab.part": "2", ".mine.part": "3"])
        #expect(mkfifo(tree.path("pipe"), 0o600) == 0)
        let path = tree.path.utf8CString.dropLast() + [0x2F, 0x62, -1, 0]
        #expect(path.withUnsafeBufferPointer { $0.baseAddress.map { open($0, O_CREAT | O_WRONLY, 0o600) } ?? -1 } >= 0)
        #expect(
            try await Self.entries(tree) == [
                ".0123456789ab.part: skipped: a stale file of an interrupted download; it can be deleted", ".mine.part",
                "a", "b\u{FFFD}: failed: its name is not UTF-8, as keys must be", "pipe: skipped: not a regular file",
            ])
    }

    @Test func `A directory that cannot be read is an error`() async throws {
        let tree = try FileTree()
        try tree.remove("")
        await #expect(throws: FileError.self) { try await Self.entries(tree) }
    }
}
