/// A JSON value to be written, whose members keep their order.
package indirect enum JSONText: Sendable {
    case null
    case bool(Bool)
    case number(Int64)
    /// A finite number.
    case decimal(Double)
    case string(String)
    case list([JSONText])
    /// An object; members without a value are left out.
    case object([(name: String, value: JSONText?)])

    /// Creates a string, or `null` if the text is nil.
    package init(_ text: String?) { self = text.map(JSONText.string) ?? .null }

    package static func number(_ value: Int) -> JSONText { .number(Int64(value)) }

    /// The JSON on one line.
    package var text: String {
        switch self {
        case .null: "null"
        case .bool(let value): String(value)
        case .number(let value): String(value)
        case .decimal(let value): Int64(exactly: value).map(String.init) ?? String(value)
        case .string(let value): JSONValue.quoted(value)
        case .list(let items): "[\(items.map(\.text).joined(separator: ","))]"
        case .object(let members):
            "{\(Self.given(members).map { "\(JSONValue.quoted($0)):\($1.text)" }.joined(separator: ","))}"
        }
    }

    /// The JSON for human readers: each member on its own line, with a line break at the end.
    package var page: String { page(indentation: "") + "\n" }

    private func page(indentation: String) -> String {
        let inner = indentation + "  "
        let lines: [String]
        let brackets: (open: String, close: String)
        switch self {
        case .list(let items) where !items.isEmpty:
            lines = items.map { inner + $0.page(indentation: inner) }
            brackets = ("[", "]")
        case .object(let members) where !Self.given(members).isEmpty:
            lines = Self.given(members).map { name, value in
                "\(inner)\(JSONValue.quoted(name)): \(value.page(indentation: inner))"
            }
            brackets = ("{", "}")
        default: return text
        }
        return "\(brackets.open)\n\(lines.joined(separator: ",\n"))\n\(indentation)\(brackets.close)"
    }

    private static func given(_ members: [(name: String, value: JSONText?)]) -> [(name: String, value: JSONText)] {
        members.compactMap { member in member.value.map { (member.name, $0) } }
    }
}
