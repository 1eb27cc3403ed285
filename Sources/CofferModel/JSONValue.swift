/// A value of a JSON document, with its position in the document's bytes.
package struct JSONValue: Sendable {
    package let content: Content
    /// The offsets from the first byte of the value to just past its last.
    package let range: Range<Int>

    package enum Content: Sendable {
        case null
        case bool(Bool)
        case number(JSONNumber)
        case string(String)
        case array([JSONValue])
        case object(JSONObject)
    }

    /// The syntax that a document may have.
    package enum Dialect: Sendable {
        /// JSON as defined by RFC 8259, and nothing else.
        case strict
        /// JSON with the extensions that S3's documentation shows in POST policies: trailing commas, strings in single
        /// quotes, `\$`, `\v`.
        case postPolicy
    }

    init(_ content: Content, _ range: Range<Int>) {
        self.content = content
        self.range = range
    }

    /// Creates a value of a document that is not JSON, at the offset where it begins.
    package init(_ content: Content, at offset: Int) { self.init(content, offset..<offset) }

    /// Reads a document, in time proportional to its length.
    ///
    /// - Throws: ``JSONFault`` for a document that is not JSON in UTF-8, for a byte order mark, for a name that occurs
    ///   twice in one object, for nesting deeper than ``JSONParser/depthLimit``, and for more than `valueLimit` values,
    ///   by default ``JSONParser/valueLimit``.
    package init(
        document: [UInt8], dialect: Dialect = .strict, valueLimit: Int? = nil
    ) throws(JSONFault) {
        var parser = try JSONParser(document, dialect, valueLimit: valueLimit ?? JSONParser.valueLimit)
        self = try parser.document()
    }

    package var string: String? {
        if case .string(let text) = content { text } else { nil }
    }

    package var number: JSONNumber? {
        if case .number(let number) = content { number } else { nil }
    }

    package var bool: Bool? {
        if case .bool(let value) = content { value } else { nil }
    }

    package var isNull: Bool {
        if case .null = content { true } else { false }
    }

    package var array: [JSONValue]? {
        if case .array(let items) = content { items } else { nil }
    }

    package var object: JSONObject? {
        if case .object(let object) = content { object } else { nil }
    }

    /// The text of a string, or the texts of an array of strings. In a condition, booleans and numbers count as their
    /// text.
    package var strings: [String]? {
        switch content {
        case .string(let text): return [text]
        case .bool(let value): return [String(value)]
        case .number(let number): return [number.plainText]
        case .array(let items):
            let texts = items.compactMap(\.strings)
            return texts.count == items.count ? texts.flatMap { $0 } : nil
        case .null, .object: return nil
        }
    }

    /// Returns a string as it is written in a document: in quotes, and escaped where required (RFC 8259 section 7).
    package static func quoted(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { $0 >= 32 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
        if isPlain { return "\"\(text)\"" }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\0"..."\u{F}": quoted += "\\u000\(String(scalar.value, radix: 16))"
            case "\u{10}"..."\u{1F}": quoted += "\\u00\(String(scalar.value, radix: 16))"
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

/// A number as written in the document, with all its digits.
package struct JSONNumber: Sendable {
    package let text: String

    package init(text: String) { self.text = text }

    /// The nearest floating-point value; infinite if the number is too large.
    package var double: Double { Double(text) ?? .nan }

    /// Returns the value if it is a whole number that fits, such as `10`, `1e1` and `10.0`.
    package func integer<Integer: FixedWidthInteger>(_ type: Integer.Type = Int.self) -> Integer? {
        Integer(text) ?? Integer(exactly: double)
    }

    /// The text of the number: whole numbers without fraction and exponent, others as Swift writes them.
    package var plainText: String {
        if text.utf8.allSatisfy({ (48...57).contains($0) || $0 == UInt8(ascii: "-") }) { return text }
        return integer(Int64.self).map(String.init) ?? String(double)
    }
}

/// The members of an object, in the order of the document; no name occurs twice.
package struct JSONObject: Sendable {
    package let members: [Member]
    /// The index of each name, if there are many members; otherwise empty.
    private let places: [ExactText: Int]

    init(members: [Member], places: [ExactText: Int]) {
        self.members = members
        self.places = places
    }

    /// - Parameter members: members with distinct names.
    package init(members: [Member]) {
        var names = JSONNames()
        for (place, member) in members.enumerated() { _ = names.insert(member.name, at: place) }
        self.init(members: members, places: names.places)
    }

    package typealias Member = (name: String, value: JSONValue)

    /// Returns the value of a name, which is compared byte by byte.
    package subscript(name: String) -> JSONValue? {
        if places.isEmpty { return members.first { $0.name.hasBytes(of: name) }?.value }
        return places[ExactText(name)].map { members[$0].value }
    }

    /// Returns the alphabetically first member name that is not among the given names.
    package func firstName(besides names: some Collection<String>) -> String? {
        members.lazy.map(\.name).filter { !names.contains($0) }.min()
    }
}
