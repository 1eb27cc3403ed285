import CofferModel

/// A JSON file of a package: the descriptor, or a schema or dialect that it refers to.
final class DescriptorDocument: Sendable {
    let file: String
    let bytes: [UInt8]
    let value: JSONValue
    /// Where the lines after the first begin.
    private let lineStarts: [Int]

    init(file: String, bytes: [UInt8], value: JSONValue) {
        self.file = file
        self.bytes = bytes
        self.value = value
        lineStarts = bytes.indices.filter { bytes[$0] == 10 }.map { $0 + 1 }
    }

    var root: DescriptorNode { DescriptorNode(value: value, document: self, path: nil) }

    /// The line in which a byte stands, from 1.
    func line(of offset: Int) -> Int {
        var (low, high) = (0, lineStarts.count)
        while low < high {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle + 1 } else { high = middle }
        }
        return low + 1
    }
}

/// A value of such a file, and where it stands.
struct DescriptorNode: Sendable {
    let value: JSONValue
    let document: DescriptorDocument
    /// nil for the whole document.
    fileprivate let path: DescriptorPath?

    fileprivate init(value: JSONValue, document: DescriptorDocument, path: DescriptorPath?) {
        (self.value, self.document, self.path) = (value, document, path)
    }

    subscript(name: String) -> DescriptorNode? {
        // A null says no more than a property that is not there.
        member(name).flatMap { $0.value.isNull ? nil : $0 }
    }

    /// The member of a name, also if it is null.
    func member(_ name: String) -> DescriptorNode? {
        value.object?[name].map { child($0, .name(name)) }
    }

    /// The items of an array.
    var items: [DescriptorNode] {
        (value.array ?? []).enumerated().map { index, item in child(item, .index(index)) }
    }

    /// The members of an object but those that are null, in the order in which they are written.
    var members: [(name: String, node: DescriptorNode)] {
        (value.object?.members ?? []).filter { !$0.value.isNull }.map { ($0.name, child($0.value, .name($0.name))) }
    }

    private func child(_ value: JSONValue, _ step: DescriptorPath.Step) -> DescriptorNode {
        DescriptorNode(
            value: value, document: document,
            path: DescriptorPath(parent: path, parentStart: self.value.range.lowerBound, step: step))
    }

    /// Where the object or array around it begins; 0 for the whole document.
    var parentStart: Int { path?.parentStart ?? 0 }

    /// A scalar as the text of a cell: a number as an integer where it is one, and else as it is written, with all its
    /// digits.
    var cellText: String? {
        switch value.content {
        case .string(let text): text
        case .bool(let value): String(value)
        case .number(let number): Self.wholeNumber(number.double) ?? number.text
        case .null, .array, .object: nil
        }
    }

    /// A value as the text of a cell, also an array or object, as JSON.
    var wholeCellText: String? {
        switch value.content {
        case .array, .object: value.text
        default: cellText
        }
    }

    /// nil for what is none, and where not every one has a number of its own.
    private static func wholeNumber(_ number: Double) -> String? {
        abs(number) < 0x1p53 ? Int64(exactly: number).map(String.init) : nil
    }

    var isArray: Bool { value.array != nil }
    var isObject: Bool { value.object != nil }

    var location: Finding.Location { location(resource: nil) }

    func location(resource: String?, field: String? = nil) -> Finding.Location {
        Finding.Location(
            document.file, resource: resource, pointer: path.map(\.pointer) ?? "",
            line: document.line(of: value.range.lowerBound), field: field)
    }
}

/// The way from a document to one of its values. It becomes a text only where that is needed: below a long name there can
/// be many values.
private final class DescriptorPath: Sendable {
    let parent: DescriptorPath?
    let parentStart: Int
    let step: Step
    /// Of the names on the way.
    private let byteCount: Int

    enum Step: Sendable {
        case name(String)
        case index(Int)
    }

    /// Longest names, together, that are written out.
    private static let byteLimit = 4096

    init(parent: DescriptorPath?, parentStart: Int, step: Step) {
        (self.parent, self.parentStart, self.step) = (parent, parentStart, step)
        byteCount = (parent?.byteCount ?? 0) + step.byteCount
    }

    /// The JSON pointer (RFC 6901); nil if it would be too long.
    var pointer: String? {
        guard byteCount <= Self.byteLimit else { return nil }
        return (parent?.pointer ?? "") + step.token
    }
}

extension DescriptorPath.Step {
    fileprivate var byteCount: Int {
        switch self {
        case .name(let name): name.utf8.count
        case .index: 0
        }
    }

    /// With the slash before it.
    fileprivate var token: String {
        switch self {
        case .name(let name): "/" + name.replacing("~", with: "~0").replacing("/", with: "~1")
        case .index(let index): "/\(index)"
        }
    }
}

extension JSONValue {
    var integer: Int? { number?.integer() }

    /// The value as JSON, on one line.
    fileprivate var text: String {
        switch content {
        case .null: "null"
        case .bool(let value): String(value)
        case .number(let number): number.text
        case .string(let text): JSONValue.quoted(text)
        case .array(let items): "[\(items.map(\.text).joined(separator: ","))]"
        case .object(let object):
            "{\(object.members.map { "\(JSONValue.quoted($0.name)):\($0.value.text)" }.joined(separator: ","))}"
        }
    }

    /// The kind of value, for messages.
    var kind: String {
        switch content {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}
