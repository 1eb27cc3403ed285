import FoundationEssentials

/// A JSON document as values, for documents whose shapes vary.
package enum JSONValue: Decodable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// Reads a document; nil if it is not JSON.
    ///
    /// - Parameter allowsJSON5: takes trailing commas, single quotes and the escapes of JSON5 as well.
    package init?(document: [UInt8], allowsJSON5: Bool = false) {
        guard allowsJSON5 || !Self.hasTrailingComma(document) else { return nil }
        let decoder = JSONDecoder()
        decoder.allowsJSON5 = allowsJSON5
        guard let value = try? decoder.decode(JSONValue.self, from: Data(document)) else { return nil }  // Not JSON.
        self = value
    }

    /// Whether nothing stands behind a comma, which the decoder takes though JSON has no such thing (RFC 8259 section 2).
    private static func hasTrailingComma(_ document: [UInt8]) -> Bool {
        var (isInString, isEscaped, isAfterComma) = (false, false, false)
        for byte in document {
            if isInString {
                if !isEscaped, byte == UInt8(ascii: "\"") { isInString = false }
                isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
                continue
            }
            switch byte {
            case 9, 10, 13, 32: continue
            case UInt8(ascii: "]"), UInt8(ascii: "}"): if isAfterComma { return true }
            case UInt8(ascii: "\""): isInString = true
            default: break
            }
            isAfterComma = byte == UInt8(ascii: ",")
        }
        return false
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
