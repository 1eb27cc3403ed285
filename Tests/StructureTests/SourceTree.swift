import Foundation

/// The project's sources as text.
struct SourceTree {
    /// A Swift file below `Sources`.
    struct File {
        let target: String
        /// Relative to `Sources`.
        let path: String
        /// The folder within the target; empty for files of the target's own directory.
        var folder: String { path.split(separator: "/").dropFirst().dropLast().joined(separator: "/") }
        /// Without comments and the contents of string literals.
        let code: String

        /// The top-level types that it declares for other files.
        var typeNames: [Substring] { code.matches(of: Self.declaration).map(\.1) }

        private static var declaration: Regex<(Substring, Substring)> {
            /(?m)^(?:@\w+ )*(?:(?:public|package|final|indirect) )*(?:struct|class|enum|actor|protocol|typealias) (\w+)/
        }
    }

    static let files: [File] = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources")
        let paths = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String } ?? []
        return paths.filter { $0.hasSuffix(".swift") }.sorted().compactMap { path in
            guard let text = try? String(contentsOf: root.appending(path: path), encoding: .utf8) else { return nil }
            return File(target: String(path.prefix { $0 != "/" }), path: path, code: code(text))
        }
    }()

    /// - Returns: the text with comments and the contents of string literals left out, line by line.
    private static func code(_ text: String) -> String {
        text.replacing(/"""(?:.|\n)*?"""/, with: "\"\"").replacing(/"(?:\\.|[^"\\\n])*"/, with: "\"\"")
            .replacing(/\/\/[^\n]*/, with: "")
    }
}
