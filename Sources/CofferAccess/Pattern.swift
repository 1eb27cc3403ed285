/// Text of a policy in which `*` stands for any characters and `?` for one.
struct Pattern: Sendable, Hashable {
    private let bytes: [UInt8]
    private let isLiteral: Bool

    init(_ text: String) {
        bytes = Array(text.utf8)
        isLiteral = !bytes.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }
    }

    /// A pattern whose wildcards stand for themselves.
    init(literal text: String) {
        bytes = Array(text.utf8)
        isLiteral = true
    }

    /// In time proportional to pattern × text at worst, without recursion.
    func matches(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { isLiteral ? bytes.elementsEqual($0) : matches($0) }
    }

    private func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var (pattern, position) = (0, 0)
        var retry: (pattern: Int, position: Int)?
        while position < text.count {
            if pattern < bytes.count, bytes[pattern] == UInt8(ascii: "*") {
                retry = (pattern + 1, position)
                pattern += 1
            } else if pattern < bytes.count, bytes[pattern] == UInt8(ascii: "?") {
                pattern += 1
                position += 1
                // One character, not one byte: what follows its first byte in UTF-8 begins with the bits 10.
                while position < text.count, text[position] & 0xC0 == 0x80 { position += 1 }
            } else if pattern < bytes.count, bytes[pattern] == text[position] {
                pattern += 1
                position += 1
            } else if let last = retry {
                retry = (last.pattern, last.position + 1)
                (pattern, position) = (last.pattern, last.position + 1)
            } else {
                return false
            }
        }
        return bytes[pattern...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
