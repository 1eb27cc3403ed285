/// A place in a text of UTF-8: its line and its column, a character (Unicode scalar) each, both counted from one.
package struct TextPosition: Sendable, Equatable, CustomStringConvertible {
    package private(set) var line = 1
    package private(set) var column = 1

    /// The beginning of a text.
    package init() {}

    /// The place of a byte in a text.
    package init(of offset: Int, in text: [UInt8]) {
        for byte in text.prefix(offset) { pass(byte) }
    }

    /// Goes on behind a byte.
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
