import Foundation

/// A directory for a test's files, which is removed with its owner.
final class TemporaryDirectory: Sendable {
    let path: String

    init() {
        path = FileManager.default.temporaryDirectory.appending(path: "coffer-client-\(UUID().uuidString)").path
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            fatalError("no temporary directory can be made: \(error)")
        }
    }

    deinit {
        // What cannot be removed stays for the system's own cleaning of temporary files.
        try? FileManager.default.removeItem(atPath: path)
    }

    func path(_ name: String) -> String { "\(path)/\(name)" }
    func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }

    func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(name))))
    }

    func makeDirectory(_ name: String) throws {
        try FileManager.default.createDirectory(atPath: path(name), withIntermediateDirectories: true)
    }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)))
    }

    /// Makes a file, in which no stretch is like another.
    func file(_ name: String, byteCount: Int64) throws -> [UInt8] {
        let bytes = Self.pattern(byteCount)
        try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
        return bytes
    }

    static func pattern(_ byteCount: Int64) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Int(byteCount)) { buffer, count in
            var state: UInt64 = 88_172_645_463_325_252
            for index in 0..<Int(byteCount) {
                state ^= state << 13
                state ^= state >> 7
                state ^= state << 17
                buffer[index] = UInt8(truncatingIfNeeded: state)
            }
            count = Int(byteCount)
        }
    }
}
