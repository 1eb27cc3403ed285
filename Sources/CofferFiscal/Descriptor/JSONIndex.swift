import CofferModel

/// Where the values of a JSON document stand in its text, and which names stand twice in one object.
struct JSONIndex: Sendable {
    /// The line in which the value at a JSON pointer begins, from 1.
    private(set) var lines: [String: Int] = [:]
    /// The bytes of the value at a JSON pointer.
    private(set) var ranges: [String: Range<Int>] = [:]
    /// Pointers of members whose name stood in their object before.
    private(set) var duplicates: [String] = []
    /// The names of every object's members, in the document's order, by the object's pointer.
    private(set) var names: [String: [String]] = [:]
    /// Whether the pointers would take more memory than they may, as those below a very long name do.
    private(set) var isTooLarge = false

    /// Most bytes of all pointers together.
    private static let byteCount = 128 << 20

    /// - Parameter document: JSON that was read already.
    init(_ document: [UInt8]) {
        var open: [Container] = []
        // By the pointer, since an object whose name stands twice has one with the other.
        var seen: [String: Set<String>] = [:]
        var line = 1
        var byteCount = 0
        var position = 0
        while position < document.count {
            let byte = document[position]
            var end = position
            switch byte {
            case 10: line += 1
            case UInt8(ascii: ","): if !open.isEmpty { open[open.count - 1].begin() }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if let closed = open.popLast() { ranges[closed.pointer] = closed.start..<position + 1 }
            case 9, 13, 32, UInt8(ascii: ":"): break
            default:
                end = Self.end(of: position, document)
                if byte == UInt8(ascii: "\""), open.last?.expectsName == true {
                    let name = JSONValue(document: Array(document[position...end]))?.string ?? ""
                    meet(name, in: &open[open.count - 1], &seen)
                } else {
                    let pointer = open.last?.pointerOfValue ?? ""
                    byteCount += pointer.utf8.count
                    guard byteCount <= Self.byteCount else {
                        isTooLarge = true
                        return
                    }
                    lines[pointer] = line
                    ranges[pointer] = position..<end + 1
                    if byte == UInt8(ascii: "{") { open.append(Container(pointer, position, isObject: true)) }
                    if byte == UInt8(ascii: "[") { open.append(Container(pointer, position, isObject: false)) }
                }
            }
            position = end + 1
        }
    }

    private mutating func meet(_ name: String, in container: inout Container, _ seen: inout [String: Set<String>]) {
        if seen[container.pointer, default: []].insert(name).inserted {
            names[container.pointer, default: []].append(name)
        } else {
            duplicates.append("\(container.pointer)/\(Self.escaped(name))")
        }
        container.name = name
        container.expectsName = false
    }

    /// A name as it stands in a JSON pointer (RFC 6901 section 3).
    static func escaped(_ name: String) -> String {
        name.replacing("~", with: "~0").replacing("/", with: "~1")
    }

    /// The last byte of the string or word that begins at `start`; brackets end where they begin.
    private static func end(of start: Int, _ document: [UInt8]) -> Int {
        var end = start + 1
        switch document[start] {
        case UInt8(ascii: "{"), UInt8(ascii: "["): return start
        case UInt8(ascii: "\""):
            while end < document.count - 1, document[end] != UInt8(ascii: "\"") {
                end += document[end] == UInt8(ascii: "\\") ? 2 : 1
            }
            return min(end, document.count - 1)
        default:
            while end < document.count, !", \t\r\n]}".utf8.contains(document[end]) { end += 1 }
            return end - 1
        }
    }

    /// An object or array that is open.
    private struct Container {
        let pointer: String
        let start: Int
        let isObject: Bool
        var expectsName: Bool
        var name = ""
        var index = 0

        init(_ pointer: String, _ start: Int, isObject: Bool) {
            self.pointer = pointer
            self.start = start
            self.isObject = isObject
            expectsName = isObject
        }

        mutating func begin() {
            expectsName = isObject
            index += 1
        }

        var pointerOfValue: String {
            isObject ? "\(pointer)/\(JSONIndex.escaped(name))" : "\(pointer)/\(index)"
        }
    }
}
