import CofferModel

/// Changes to the text of a descriptor. What is not changed stays as it is written, to the last space.
///
/// Values are those of the text as it was.
struct DescriptorEdit {
    private let document: DescriptorDocument
    private var changes: [(range: Range<Int>, text: String)] = []

    init(_ document: DescriptorDocument) { self.document = document }

    /// The text with all changes; those of one place are in the order in which they were made.
    var text: [UInt8] {
        let ordered = changes.enumerated().sorted { left, right in
            (left.element.range.lowerBound, left.offset) < (right.element.range.lowerBound, right.offset)
        }
        var text: [UInt8] = []
        var position = 0
        for (_, change) in ordered {
            text += document.bytes[position..<change.range.lowerBound]
            text += change.text.utf8
            position = change.range.upperBound
        }
        return text + document.bytes[position...]
    }

    // MARK: Changes

    mutating func replace(_ node: DescriptorNode, with value: JSONText) {
        changes.append((node.value.range, Self.flat(value)))
    }

    /// Writes an item, or a member with a name, behind a value, in the same array or object.
    mutating func insert(_ value: JSONText, name: String? = nil, after node: DescriptorNode) {
        let (range, space) = (node.value.range, space(before: node))
        changes.append((range.upperBound..<range.upperBound, ",\(space)\(written(value, name, space, like: range))"))
    }

    /// Writes an item before the first one of an array.
    mutating func insert(_ value: JSONText, before node: DescriptorNode) {
        let (range, space) = (node.value.range, space(before: node))
        changes.append((range.lowerBound..<range.lowerBound, "\(written(value, nil, space, like: range)),\(space)"))
    }

    // MARK: The way that it is written

    /// What stands between the values of an array or object, by what is before one: a space, or a new line and the
    /// indentation.
    private func space(before node: DescriptorNode) -> String {
        let before = document.bytes[node.parentStart..<node.value.range.lowerBound]
        guard let line = before.lastIndex(of: 10) else { return " " }
        let indentation = document.bytes[(line + 1)...].prefix { $0 == 32 || $0 == 9 }
        let end = line > 0 && document.bytes[line - 1] == 13 ? "\r\n" : "\n"
        return end + String(decoding: indentation, as: UTF8.self)
    }

    /// On one line, as its neighbour is, or with a line for each member.
    private func written(_ value: JSONText, _ name: String?, _ space: String, like neighbour: Range<Int>) -> String {
        let isOnOneLine = space == " " || !document.bytes[neighbour].contains(10) && name == nil && value.isFlat
        let text = isOnOneLine ? Self.flat(value) : Self.indented(value, space)
        return name.map { "\(JSONValue.quoted($0)): \(text)" } ?? text
    }

    private static func lines(_ value: JSONText) -> [Substring] { value.page.split(separator: "\n") }

    private static func indented(_ value: JSONText, _ space: String) -> String {
        lines(value).joined(separator: space)
    }

    private static func flat(_ value: JSONText) -> String {
        var text = ""
        for line in lines(value).map({ $0.drop { $0 == " " } }) {
            let isInner = text.isEmpty || "[{".contains(text.last ?? " ") || "]}".contains(line.first ?? " ")
            text += (isInner ? "" : " ") + line
        }
        return text
    }
}

extension JSONText {
    /// Whether it is an object without lists and objects in it.
    fileprivate var isFlat: Bool {
        guard case .object(let members) = self else { return false }
        return members.allSatisfy { member in
            switch member.value {
            case .list, .object: false
            default: true
            }
        }
    }
}
