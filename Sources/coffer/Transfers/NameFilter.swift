import Glibc

/// A filter of relative names by `--exclude` and `--include`, of which the last one that matches counts.
///
/// Patterns are those of `aws s3`, matched against the complete name: `*` for anything including slashes, `?`, `[abc]`
/// and `[!abc]`.
struct NameFilter: Sendable {
    private let rules: [(isIncluding: Bool, pattern: String)]
    private let admitsOthers: Bool

    static let options = [
        Option(
            "exclude", "PATTERN", isRepeatable: true,
            help: "leave out what matches, such as '*.tmp' or 'raw/*'; may be repeated"),
        Option(
            "include", "PATTERN", isRepeatable: true,
            help: "take what --exclude would leave out. Of all of both the last that matches counts"),
    ]

    /// - Parameter takesOnlyIncluded: whether names that no pattern matches are left out, if there are patterns.
    init(_ options: Options, takesOnlyIncluded: Bool = false) {
        admitsOthers = !takesOnlyIncluded
        setlocale(LC_CTYPE, "C.UTF-8")  // A question mark matches a character, not a byte.
        rules = options.inOrder.filter { ["include", "exclude"].contains($0.name) }
            .map { (isIncluding: $0.name == "include", pattern: $0.value) }
    }

    func admits(_ name: [UInt8]) -> Bool {
        guard !rules.isEmpty else { return true }
        let text = String(decoding: name, as: UTF8.self)
        let last = rules.last { fnmatch($0.pattern, text, FNM_NOESCAPE) == 0 }
        return last?.isIncluding ?? admitsOthers
    }
}
