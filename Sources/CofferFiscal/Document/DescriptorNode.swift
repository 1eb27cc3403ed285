import CofferModel

/// A JSON or YAML document of a package: the descriptor, or a schema or dialect that it refers to.
final class DescriptorDocument: Sendable {
    let file: String
    let bytes: [UInt8]
    let value: JSONValue
    /// The number of line ends before each block of bytes.
    private let lineEnds: [Int]

    /// The maximum number of values in a descriptor, or in a schema or dialect in a separate file.
    static let valueLimit = 40_000
    private static let blockByteCount = 4096
    /// The maximum total size of the names in a pointer: there can be many values below a long name.
    private static let pointerByteCount = 4096

    init(file: String, bytes: [UInt8], value: JSONValue) {
        self.file = file
        self.bytes = bytes
        self.value = value
        var (lineEnds, count) = ([0], 0)
        for start in stride(from: 0, to: bytes.count, by: Self.blockByteCount) {
            count += Self.lineEnds(in: bytes[start..<min(start + Self.blockByteCount, bytes.count)])
            lineEnds.append(count)
        }
        self.lineEnds = lineEnds
    }

    var root: DescriptorNode { DescriptorNode(value: value, document: self) }

    /// Returns the line that contains a byte, counted from 1.
    func line(of offset: Int) -> Int {
        let block = offset / Self.blockByteCount
        return 1 + lineEnds[block] + Self.lineEnds(in: bytes[(block * Self.blockByteCount)..<offset])
    }

    private static func lineEnds(in bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 + ($1 == 10 ? 1 : 0) } }

    /// Returns the JSON pointer (RFC 6901) of the value that begins at a byte; nil if it would be too long.
    func pointer(to offset: Int) -> String? {
        var pointer = ""
        var byteCount = 0
        for (parent, place) in way(to: offset) {
            guard let members = parent.object?.members else {
                pointer += "/\(place)"
                continue
            }
            let name = members[place].name
            byteCount += name.utf8.count
            guard byteCount <= Self.pointerByteCount else { return nil }
            pointer += "/" + name.replacing("~", with: "~0").replacing("/", with: "~1")
        }
        return pointer
    }

    /// Returns the arrays and objects around the value that begins at a byte, outermost first, each with the index of
    /// the item or member that leads to it.
    fileprivate func way(to offset: Int) -> [(parent: JSONValue, place: Int)] {
        var way: [(parent: JSONValue, place: Int)] = []
        var current = value
        while current.range.lowerBound < offset {
            let (items, members) = (current.array ?? [], current.object?.members ?? [])
            let starts = { (place: Int) in
                items.isEmpty ? members[place].value.range.lowerBound : items[place].range.lowerBound
            }
            guard let place = Self.last(of: max(items.count, members.count), where: { starts($0) <= offset }) else {
                break
            }
            way.append((current, place))
            current = items.isEmpty ? members[place].value : items[place]
        }
        return way
    }

    /// Returns the last index for which a condition holds that also holds for all before it; nil if it holds for none.
    private static func last(of count: Int, where holds: (Int) -> Bool) -> Int? {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if holds(middle) { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? nil : low - 1
    }
}

/// A value of a document.
struct DescriptorNode: Sendable {
    let value: JSONValue
    let document: DescriptorDocument

    fileprivate init(value: JSONValue, document: DescriptorDocument) {
        (self.value, self.document) = (value, document)
    }

    subscript(name: String) -> DescriptorNode? {
        // A null counts as a missing property.
        member(name).flatMap { $0.value.isNull ? nil : $0 }
    }

    /// Returns the member with a name, even if it is null.
    func member(_ name: String) -> DescriptorNode? { value.object?[name].map(child) }

    /// The items of an array.
    var items: [DescriptorNode] { (value.array ?? []).map(child) }

    /// The members of an object except those that are null, in their original order.
    var members: [(name: String, node: DescriptorNode)] {
        (value.object?.members ?? []).filter { !$0.value.isNull }.map { ($0.name, child($0.value)) }
    }

    private func child(_ value: JSONValue) -> DescriptorNode { DescriptorNode(value: value, document: document) }

    /// The offset of the enclosing object or array; 0 for the document itself.
    var parentStart: Int { document.way(to: value.range.lowerBound).last?.parent.range.lowerBound ?? 0 }

    /// A scalar as the text of a cell: a number is written as an integer if it is one, and otherwise as in the
    /// document, with all its digits.
    var cellText: String? {
        switch value.content {
        case .string(let text): text
        case .bool(let value): String(value)
        case .number(let number): Self.wholeNumber(number) ?? number.text
        case .null, .array, .object: nil
        }
    }

    /// A value as the text of a cell; arrays and objects as JSON.
    var wholeCellText: String? {
        switch value.content {
        case .array, .object: value.text
        default: cellText
        }
    }

    /// Returns nil if the number is not an integer, or too large for doubles to represent every integer.
    private static func wholeNumber(_ number: JSONNumber) -> String? {
        if let whole = Int64(number.text), whole.magnitude < 1 << 53 { return String(whole) }
        let double = number.double
        return abs(double) < 0x1p53 ? Int64(exactly: double).map(String.init) : nil
    }

    var isArray: Bool { value.array != nil }
    var isObject: Bool { value.object != nil }

    var location: DescriptorPlace { location(resource: nil) }

    func location(resource: String?, field: String? = nil) -> DescriptorPlace {
        DescriptorPlace(node: self, resource: resource, field: field)
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

    /// The kind of the value, for messages.
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
