import CofferSystem
import Foundation
import Testing

struct FileDraftTests {
    private let directory = FileManager.default.temporaryDirectory.appending(path: "coffer-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true) }

    private var path: String { directory.appending(path: "root.env").path }
    private var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: directory.path) } }

    private func write(_ text: String, replacing: Bool) throws {
        let draft = try FileDraft(of: path, rights: 0o600)
        try draft.write(Array(text.utf8))
        if replacing { try draft.replace() } else { try draft.create() }
    }

    @Test func `A file has its name when it is whole, and the rights that were asked for`() throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let draft = try FileDraft(of: path, rights: 0o640)
        try draft.write(Array("a secret".utf8))
        #expect(try names.filter { !$0.hasPrefix(".") }.isEmpty)
        try draft.create()
        #expect(try names == ["root.env"])
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "a secret")
        let rights = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
        #expect(rights?.intValue == 0o640)
    }

    @Test func `A file that is there stays, unless it is to be replaced`() throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        try write("first", replacing: false)
        #expect(throws: SystemError(17)) { try write("second", replacing: false) }  // EEXIST
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "first")
        try write("third", replacing: true)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "third")
        #expect(try names == ["root.env"])
    }

    @Test func `A draft that is dropped leaves nothing`() throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        do {
            let draft = try FileDraft(of: path, rights: 0o600)
            try draft.write([1])
        }
        #expect(try names.isEmpty)
        #expect(throws: SystemError(2)) { _ = try FileDraft(of: path + "/none/x", rights: 0o600) }  // ENOENT
    }
}
