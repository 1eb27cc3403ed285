import Foundation

/// A directory for a test's files.
///
/// It is removed with its owner. Swift may release the owner after its last use, so a test that keeps using only the
/// directory's path defers ``remove()``.
package final class TemporaryDirectory: Sendable {
    package let path: String

    package init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "coffer-tests-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { remove() }

    package func remove() {
        // What cannot be removed stays for the system's own cleaning of temporary files.
        try? FileManager.default.removeItem(atPath: path)
    }

    package func path(_ name: String) -> String { "\(path)/\(name)" }
    package func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }

    package func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: path(name))))
    }

    /// Writes a file, and makes the directories above it.
    package func write(_ text: String, to name: String) throws {
        let file = URL(filePath: path(name))
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    package func makeDirectory(_ name: String) throws {
        try FileManager.default.createDirectory(atPath: path(name), withIntermediateDirectories: true)
    }

    /// Writes a file with ``pattern(_:)``, and returns its bytes.
    package func file(_ name: String, byteCount: Int64) throws -> [UInt8] {
        let bytes = Self.pattern(byteCount)
        try Data(bytes).write(to: URL(filePath: path(name)))
        return bytes
    }

    /// Returns bytes of which no part equals another.
    package static func pattern(_ byteCount: Int64) -> [UInt8] {
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
