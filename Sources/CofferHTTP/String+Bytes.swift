private import Glibc

extension String {
    /// Whether a byte occurs in the UTF-8; the standard library's search takes some twenty instructions for each byte.
    func contains(byte: UInt8) -> Bool {
        let bytes = utf8Span.span
        return bytes.withUnsafeBytes { bytes in
            bytes.baseAddress.map { memchr($0, Int32(byte), bytes.count) != nil } ?? false
        }
    }

    /// Whether there is a control character of ASCII, a tab included.
    var hasControlCharacters: Bool {
        let bytes = utf8Span.span
        for index in 0..<bytes.count where bytes[index] < 32 || bytes[index] == 127 { return true }
        return false
    }
}
