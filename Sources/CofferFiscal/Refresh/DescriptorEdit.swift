import CofferModel

/// Changes to the text of a descriptor. The rest of the text stays exactly as written.
///
/// Nodes refer to the original text.
struct DescriptorEdit {
    private let document: DescriptorDocument
    private var changes: [(range: Range<Int>, text: String)] = []

    init(_ document: DescriptorDocument) { self.document = document }

    /// The text with all changes; changes at one position are applied in the order in which they were made.
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

    /// Inserts an item, or a member with a name, after a value in the same array or object.
    mutating func insert(_ value: JSONText, name: String? = nil, after node: DescriptorNode) {
        let (range, space) = (node.value.range, space(before: node))
        changes.append((range.upperBound..<range.upperBound, ",\(space)\(written(value, name, space, like: range))"))
    }

    /// Inserts an item before the first one of an array.
    mutating func insert(_ value: JSONText, before node: DescriptorNode) {
        let (range, space) = (node.value.range, space(before: node))
        changes.append((range.lowerBound..<range.lowerBound, "\(written(value, nil, space, like: range)),\(space)"))
    }

    // MARK: Formatting

    /// Returns the separator of the values in an array or object, judging by the text before one: a space, or a new
    /// line with indentation.
    private func space(before node: DescriptorNode) -> String {
        let before = document.bytes[node.parentStart..<node.value.range.lowerBound]
        guard let line = before.lastIndex(of: 10) else { return " " }
        let indentation = document.bytes[(line + 1)...].prefix { $0 == 32 || $0 == 9 }
        let end = line > 0 && document.bytes[line - 1] == 13 ? "\r\n" : "\n"
        return end + String(decoding: indentation, as: UTF8.self)
    }

    /// Formats a value on one line, like its neighbour, or with one line per member.
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
    /// Whether it is an object without nested lists and objects.
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
