import FoundationEssentials

/// A JSON document as values, for documents whose shapes vary.
enum JSONValue: Decodable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
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
    var strings: [String]? {
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

    var object: [String: JSONValue]? {
        if case .object(let members) = self { members } else { nil }
    }
}
