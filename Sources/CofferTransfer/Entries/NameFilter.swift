import Glibc

/// A filter of relative names by patterns that exclude and include, of which the last one that matches counts.
///
/// Patterns are those of `aws s3`, matched against the complete name: `*` for anything including slashes, `?`, `[abc]`
/// and `[!abc]`.
package struct NameFilter: Sendable {
    private let rules: [Rule]
    private let admitsOthers: Bool

    package struct Rule: Sendable {
        let isIncluding: Bool
        let pattern: String

        package static func include(_ pattern: String) -> Rule { Rule(isIncluding: true, pattern: pattern) }
        package static func exclude(_ pattern: String) -> Rule { Rule(isIncluding: false, pattern: pattern) }
    }

    /// - Parameter admitsOthers: whether names that no rule matches are taken. Without rules, all names are.
    package init(_ rules: [Rule] = [], admitsOthers: Bool = true) {
        self.rules = rules
        self.admitsOthers = admitsOthers
        setlocale(LC_CTYPE, "C.UTF-8")  // A question mark matches a character, not a byte.
    }

    package func admits(_ name: some Sequence<UInt8>) -> Bool {
        guard !rules.isEmpty else { return true }
        let text = String(decoding: Array(name), as: UTF8.self)
        let last = rules.last { fnmatch($0.pattern, text, FNM_NOESCAPE) == 0 }
        return last?.isIncluding ?? admitsOthers
    }
}
