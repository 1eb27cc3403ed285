import CofferTransfer
import Foundation

/// A temporary directory with the files of a test, which is removed with its owner.
final class FileTree: Sendable {
    let path: String

    /// - Parameter files: the files' contents by their relative names.
    init(_ files: [String: String] = [:]) throws {
        path = FileManager.default.temporaryDirectory.appending(path: "coffer-transfer-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for (name, content) in files { try write(content, to: name) }
    }

    deinit {
        // The system cleans its temporary files if this fails.
        try? FileManager.default.removeItem(atPath: path)
    }

    var folder: Folder { .local(local) }
    var local: LocalFolder { LocalFolder(path) }

    func path(_ name: String) -> String { "\(path)/\(name)" }

    func write(_ content: String, to name: String) throws {
        let file = URL(filePath: path(name))
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(content.utf8).write(to: file)
    }

    func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: path(name), withDestinationPath: target)
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path(name)) }

    /// The names of all files, in the order of the names.
    var names: [String] {
        let found = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        return found.filter { name in
            var isDirectory: ObjCBool = false
            return FileManager.default.fileExists(atPath: self.path(name), isDirectory: &isDirectory)
                && !isDirectory.boolValue
        }.sorted()
    }
}
