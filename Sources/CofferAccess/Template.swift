import CofferModel

/// Text of a policy that may have variables, which becomes a ``Pattern`` for each request.
///
/// `${aws:username}` is the request's value of a key, `${aws:username, 'nobody'}` has a default for requests without a
/// value, and `${*}`, `${?}` and `${$}` are the literal characters. A value is always literal text, even if it contains
/// wildcards.
///
/// Source: IAM User Guide, "IAM policy elements: Variables and tags".
final class Template: Sendable {
    private let pieces: [Piece]
    /// The pattern of a text without variables.
    let fixed: Pattern?
    private let ignoresCase: Bool

    private enum Piece: Sendable {
        case units([UInt16])
        case variable(ConditionKey, fallback: String?)
    }

    /// The special syntax that the text of a template may have.
    struct Syntax: Sendable {
        var hasWildcards = true
        /// Policies of version 2012-10-17 have variables; in older ones `${` is plain text.
        var hasVariables: Bool
        var ignoresCase = false
    }

    /// - Returns: nil for a variable that is not closed, or that does not name a key.
    init?(_ text: some StringProtocol, _ syntax: Syntax) {
        var pieces: [Piece] = []
        var units: [UInt16] = []
        var rest = Substring(text)
        while syntax.hasVariables, let start = rest.utf8Range(of: "${") {
            units += Self.units(rest[..<start.lowerBound], syntax)
            rest = rest[start.upperBound...]
            guard let end = Self.end(of: rest) else { return nil }
            let content = rest[..<end]
            rest = rest[rest.utf8.index(after: end)...]
            if ["*", "?", "$"].contains(content) {
                units += Pattern.units(of: content, hasWildcards: false)
            } else {
                guard let variable = Self.variable(content) else { return nil }
                pieces += [.units(units), variable]
                units = []
            }
        }
        units += Self.units(rest, syntax)
        fixed = pieces.isEmpty ? Pattern(units: units) : nil
        self.pieces = pieces + [.units(units)]
        ignoresCase = syntax.ignoresCase
    }

    /// Whether the text has neither wildcards nor variables.
    var isFixed: Bool { fixed?.isLiteral == true }

    var hasVariables: Bool { fixed == nil }

    /// The keys of the variables.
    var variables: [ConditionKey] {
        pieces.compactMap { if case .variable(let key, _) = $0 { key } else { nil } }
    }

    /// Returns the pattern for a request's values; nil if a variable has no value.
    func pattern(_ value: RequestValues) throws(S3Error) -> Pattern? {
        if let fixed { return fixed }
        var units: [UInt16] = []
        for piece in pieces {
            switch piece {
            case .units(let part): units += part
            case .variable(let key, let fallback):
                let values = try value(key) ?? []
                // A key with several values cannot be used as a variable.
                guard let text = values.count == 1 ? values[0] : values.isEmpty ? fallback : nil else { return nil }
                try value.spend(on: text)
                units += Pattern.units(of: ignoresCase ? text.lowercased() : text, hasWildcards: false)
            }
        }
        return Pattern(units: units)
    }

    /// Whether a text matches the template for a request.
    ///
    /// - Returns: nil if a variable has no value.
    func matches(_ text: String, _ value: RequestValues) throws(S3Error) -> Bool? {
        guard let pattern = try pattern(value) else { return nil }
        return try value.match(pattern, text)
    }

    private static func units(_ text: Substring, _ syntax: Syntax) -> [UInt16] {
        Pattern.units(of: syntax.ignoresCase ? text.lowercased() : String(text), hasWildcards: syntax.hasWildcards)
    }

    /// Returns the index of the brace that closes a variable, skipping those in quoted text.
    private static func end(of text: Substring) -> Substring.Index? {
        var isQuoted = false
        return text.utf8.firstIndex { byte in
            if byte == UInt8(ascii: "'") { isQuoted.toggle() }
            return byte == UInt8(ascii: "}") && !isQuoted
        }
    }

    private static func variable(_ content: Substring) -> Piece? {
        let parts = content.split(at: ",", maxSplits: 1, keepingEmpty: true).map { trimmed($0) }
        guard let name = parts.first, let key = ConditionKey(String(name)) else { return nil }
        guard parts.count > 1 else { return .variable(key, fallback: nil) }
        let quoted = parts[1].utf8
        guard quoted.count >= 2, quoted.first == UInt8(ascii: "'"), quoted.last == UInt8(ascii: "'") else { return nil }
        return .variable(key, fallback: String(parts[1].dropFirst().dropLast()))
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let start = text.drop { $0 == " " }
        return start.lastIndex { $0 != " " }.map { start[...$0] } ?? ""
    }
}

extension Substring {
    /// Returns the range of the first occurrence of two adjacent ASCII characters.
    fileprivate func utf8Range(of pair: String) -> Range<Index>? {
        let wanted = Array(pair.utf8)
        var index = utf8.startIndex
        while index < utf8.endIndex {
            let next = utf8.index(after: index)
            if utf8[index] == wanted[0], next < utf8.endIndex, utf8[next] == wanted[1] {
                return index..<utf8.index(after: next)
            }
            index = next
        }
        return nil
    }
}
