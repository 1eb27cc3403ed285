import CofferModel

/// An ARN whose parts may have wildcards, which never match across parts.
///
/// Source: IAM User Guide, "Amazon Resource Name (ARN) condition operators".
struct ARNPattern: Sendable {
    /// The six parts, or a single one for text that is compared as a unit: `*`, or a variable that contains an ARN.
    private let parts: [Template]

    /// - Returns: nil for text that cannot be an ARN.
    init?(_ text: String, hasVariables: Bool) {
        let syntax = Template.Syntax(hasVariables: hasVariables)
        guard let whole = Template(text, syntax) else { return nil }
        let texts = Self.split(text)
        if texts.count == 6, texts[0] == "arn" || texts[0].contains("*") {
            parts = texts.compactMap { Template($0, syntax) }
            guard parts.count == 6 else { return nil }
        } else {
            guard text == "*" || whole.hasVariables else { return nil }
            parts = [whole]
        }
    }

    var isFixed: Bool { parts.allSatisfy(\.isFixed) }

    /// Whether the pattern matches ARNs of a single account only.
    var hasFixedAccount: Bool { parts.count == 6 && parts[4].isFixed }

    var hasVariables: Bool { parts.contains(where: \.hasVariables) }

    var variables: [ConditionKey] { parts.flatMap(\.variables) }

    /// - Returns: nil if undecidable because a variable has no value.
    func matches(_ text: String, _ value: RequestValues) throws(S3Error) -> Bool? {
        let texts = text.split(at: ":", maxSplits: 5, keepingEmpty: true)
        guard texts.count == 6 else { return false }
        guard parts.count == 6 else { return try parts[0].matches(text, value) }
        for (part, text) in zip(parts, texts) {
            guard let isMatch = try part.matches(String(text), value) else { return nil }
            guard isMatch else { return false }
        }
        return true
    }

    /// Splits at the first five colons that are not part of a variable.
    private static func split(_ text: String) -> [Substring] {
        var parts: [Substring] = []
        var (start, depth, previous) = (text.startIndex, 0, UInt8(0))
        for index in text.utf8.indices where parts.count < 5 {
            let byte = text.utf8[index]
            if byte == UInt8(ascii: "{"), previous == UInt8(ascii: "$") { depth += 1 }
            if byte == UInt8(ascii: "}"), depth > 0 { depth -= 1 }
            if byte == UInt8(ascii: ":"), depth == 0 {
                parts.append(text[start..<index])
                start = text.utf8.index(after: index)
            }
            previous = byte
        }
        return parts + [text[start...]]
    }
}
