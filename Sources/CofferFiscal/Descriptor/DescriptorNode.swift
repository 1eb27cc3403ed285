import CofferModel

/// A JSON file of a package: the descriptor, or a schema or dialect that it refers to.
final class DescriptorDocument: Sendable {
    let file: String
    let value: JSONValue
    let index: JSONIndex

    init(file: String, value: JSONValue, index: JSONIndex) {
        self.file = file
        self.value = value
        self.index = index
    }

    var root: DescriptorNode { DescriptorNode(value: value, pointer: "", document: self) }
}

/// A value of such a file, and where it stands.
struct DescriptorNode: Sendable {
    let value: JSONValue
    let pointer: String
    let document: DescriptorDocument

    subscript(name: String) -> DescriptorNode? {
        guard let member = value.object?[name] else { return nil }
        // A null says no more than a property that is not there.
        if case .null = member { return nil }
        return DescriptorNode(value: member, pointer: "\(pointer)/\(JSONIndex.escaped(name))", document: document)
    }

    /// The items of an array.
    var items: [DescriptorNode] {
        (value.array ?? []).enumerated().map { index, item in
            DescriptorNode(value: item, pointer: "\(pointer)/\(index)", document: document)
        }
    }

    /// The members of an object, in the order in which they are written.
    var members: [(name: String, node: DescriptorNode)] {
        (document.index.names[pointer] ?? []).compactMap { name in self[name].map { (name, $0) } }
    }

    var isArray: Bool { value.array != nil }
    var isObject: Bool { value.object != nil }

    var location: Finding.Location { location(resource: nil) }

    func location(resource: String?, field: String? = nil) -> Finding.Location {
        Finding.Location(
            document.file, resource: resource, pointer: pointer, line: document.index.lines[pointer], field: field)
    }
}

extension JSONValue {
    var number: Double? {
        if case .number(let number) = self { number } else { nil }
    }

    var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    var integer: Int? { number.flatMap(Int.init(exactly:)) }

    /// The kind of value, for messages.
    var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }

    /// A scalar as the text of a cell.
    var cellText: String? {
        switch self {
        case .string(let text): text
        case .bool(let value): String(value)
        case .number(let value): Int64(exactly: value).map(String.init) ?? String(value)
        case .null, .array, .object: nil
        }
    }
}
