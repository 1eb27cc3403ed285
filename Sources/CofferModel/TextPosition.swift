/// A position in UTF-8 text: its line and column, counted from one; each Unicode scalar is a column.
package struct TextPosition: Sendable, Equatable, CustomStringConvertible {
    package private(set) var line = 1
    package private(set) var column = 1

    /// The beginning of a text.
    package init() {}

    /// The position of a byte in a text.
    package init(of offset: Int, in text: [UInt8]) {
        for byte in text.prefix(offset) { pass(byte) }
    }

    /// Advances past a byte.
    package mutating func pass(_ byte: UInt8) {
        if byte == UInt8(ascii: "\n") {
            line += 1
            column = 1
        } else if byte & 0xC0 != 0x80 {
            column += 1
        }
    }

    package var description: String { "line \(line), column \(column)" }
}
