import CofferTransfer
import Testing

struct LocalFolderTests {
    @Test(arguments: ["a", "a/b c", "..a/b..", "...", "ü", "-"])
    func `A name is a path below the directory`(_ name: String) throws {
        for folder in ["/d", "/d/", "/d//"] {
            #expect(try LocalFolder(folder).path(of: Array(name.utf8)) == "/d/\(name)")
        }
        #expect(try LocalFolder("/").path(of: Array(name.utf8)) == "/\(name)")
    }

    @Test(arguments: ["", "/", "/root", "a//b", "a/", ".", "./a", "a/.", "..", "../a", "a/../../b", "a\0b"])
    func `A name that leads elsewhere, or that no file can have, is refused`(_ name: String) {
        #expect(throws: TransferError.self) { try LocalFolder("/d").path(of: Array(name.utf8)) }
    }

    @Test func `A path that is a link leads to its target`() throws {
        let tree = try FileTree(["real": "1"])
        try tree.link("link", to: "real")
        try tree.link("broken", to: "nowhere")
        #expect(try LocalFolder.followed(tree.path("link")).hasSuffix("/real"))
        for name in ["real", "broken", "none"] {
            #expect(try LocalFolder.followed(tree.path(name)) == tree.path(name))
        }
    }
}
