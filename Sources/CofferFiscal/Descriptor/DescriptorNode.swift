import CofferModel

/// A JSON file of a package: the descriptor, or a schema or dialect that it refers to.
final class DescriptorDocument: Sendable {
    let file: String
    let bytes: [UInt8]
    let value: JSONValue
    let index: JSONIndex

    init(file: String, bytes: [UInt8], value: JSONValue, index: JSONIndex) {
        self.file = file
        self.bytes = bytes
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

    /// A scalar as the text of a cell: a number as an integer where it is one, and else as it is written, with all its
    /// digits.
    var cellText: String? {
        switch value {
        case .string(let text): text
        case .bool(let value): String(value)
        case .number(let number): Self.wholeNumber(number) ?? text
        case .null, .array, .object: nil
        }
    }

    /// nil for what is none, and where not every one has a number of its own.
    private static func wholeNumber(_ number: Double) -> String? {
        abs(number) < 0x1p53 ? Int64(exactly: number).map(String.init) : nil
    }

    /// As it stands in the file.
    private var text: String? {
        document.index.ranges[pointer].map { String(decoding: document.bytes[$0], as: UTF8.self) }
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
}
