import FoundationEssentials

/// A JSON document as values, for documents whose shapes vary.
package enum JSONValue: Decodable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// Reads a document; nil if it is not JSON, or nested too deeply.
    ///
    /// - Parameter allowsJSON5: takes trailing commas, single quotes and the escapes of JSON5 as well.
    package init?(document: [UInt8], allowsJSON5: Bool = false) {
        guard Self.isPlain(document, allowsJSON5) else { return nil }
        let decoder = JSONDecoder()
        decoder.allowsJSON5 = allowsJSON5
        guard let value = try? decoder.decode(JSONValue.self, from: Data(document)) else { return nil }  // Not JSON.
        self = value
    }

    /// Deepest nesting. Policies and descriptors have some ten levels; the decoder's time grows with the square of them.
    private static let depth = 32

    /// Whether the document is nested no deeper than it may be and, if it is no JSON5, has no comma with nothing behind
    /// it, which the decoder takes though JSON has no such thing (RFC 8259 section 2).
    private static func isPlain(_ document: [UInt8], _ allowsJSON5: Bool) -> Bool {
        var (depth, quote, isEscaped, isAfterComma) = (0, UInt8(0), false, false)
        for byte in document {
            if quote != 0 {
                if !isEscaped, byte == quote { quote = 0 }
                isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
                continue
            }
            switch byte {
            case 9, 10, 13, 32: continue
            case UInt8(ascii: "\""): quote = byte
            case UInt8(ascii: "'") where allowsJSON5: quote = byte
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                depth -= 1
                if isAfterComma, !allowsJSON5 { return false }
            default: break
            }
            if depth > Self.depth { return false }
            isAfterComma = byte == UInt8(ascii: ",")
        }
        return true
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {  // Each attempt fails if the value is another kind.
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    /// A string, or an array of nothing but strings; in a condition booleans and numbers count as their text.
    package var strings: [String]? {
        switch self {
        case .string(let text): return [text]
        case .bool(let value): return [String(value)]
        case .number(let value): return [Int64(exactly: value).map(String.init) ?? String(value)]
        case .array(let items):
            let texts = items.compactMap(\.strings)
            return texts.count == items.count ? texts.flatMap { $0 } : nil
        case .null, .object: return nil
        }
    }

    package var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    package var array: [JSONValue]? {
        if case .array(let items) = self { items } else { nil }
    }

    package var object: [String: JSONValue]? {
        if case .object(let members) = self { members } else { nil }
    }

    /// A string as it stands in a document: in quotes, and escaped where it must be (RFC 8259 section 7).
    package static func quoted(_ text: String) -> String {
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
