import CofferModel

/// JSON that is written with its members in a fixed order.
enum JSONText {
    /// - Parameter members: their values as JSON; a member without one is left out.
    static func object(_ members: [(name: String, value: String?)]) -> String {
        let texts = members.compactMap { member in member.value.map { "\(string(member.name)):\($0)" } }
        return "{\(texts.joined(separator: ","))}"
    }

    static func array(_ items: [String]) -> String { "[\(items.joined(separator: ","))]" }

    static func string(_ text: String) -> String { JSONValue.quoted(text) }

    static func number(_ value: some BinaryInteger) -> String { String(value) }
}
