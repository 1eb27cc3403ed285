// The bytes of XML.

extension ByteOutput.Cursor {
    @inline(__always)
    mutating func open(_ name: UnsafeBufferPointer<UInt8>) {
        put(UInt8(ascii: "<"))
        put(name)
        put(UInt8(ascii: ">"))
    }

    @inline(__always)
    mutating func close(_ name: UnsafeBufferPointer<UInt8>) {
        put(UInt8(ascii: "<"))
        put(UInt8(ascii: "/"))
        put(name)
        put(UInt8(ascii: ">"))
    }

    /// Escapes text; a byte becomes at most six. Control characters become references, as in S3, although XML 1.0 does
    /// not allow them.
    @usableFromInline
    mutating func escape(_ text: UnsafeBufferPointer<UInt8>, keepsQuotes: Bool = false) {
        for byte in text {
            switch byte {
            case UInt8(ascii: "&"): put("&amp;")
            case UInt8(ascii: "<"): put("&lt;")
            case UInt8(ascii: ">"): put("&gt;")
            case UInt8(ascii: "\"") where !keepsQuotes: put("&quot;")
            case 0..<32 where byte != 9 && byte != 10: putReference(byte)
            default: put(byte)
            }
        }
    }

    /// Writes a control character, such as `&#x1f;`.
    private mutating func putReference(_ byte: UInt8) {
        put("&#x")
        if byte >= 16 { put(UInt8(ascii: "1")) }
        let digit = byte & 15
        put(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        put(UInt8(ascii: ";"))
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether text is its own escaped form. Line breaks and tabs are reported too, which have to be looked at.
    ///
    /// Looks at eight bytes at a time, and at the last eight even if some of them were looked at before.
    @usableFromInline
    var hasNothingToEscape: Bool {
        guard count >= 8, let start = baseAddress else {
            return !contains { $0 < 64 && Self.special >> UInt64($0) & 1 == 1 }
        }
        let bytes = UnsafeRawPointer(start)
        var found = Self.special(in: bytes.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self))
        var offset = 0
        while offset < count - 8 {
            found |= Self.special(in: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            offset += 8
        }
        return found & 0x8080_8080_8080_8080 == 0
    }

    /// A bit for each control character, for `"`, `&`, `<` and `>`.
    private static var special: UInt64 { 0xFFFF_FFFF | 1 << 34 | 1 << 38 | 1 << 60 | 1 << 62 }

    /// Returns eight bytes, in which a highest bit is set if one of those given is a control character, `"`, `&`, `<` or
    /// `>`.
    ///
    /// A byte's highest bit is set by the subtraction if the byte was less, and must not have been set before. `"` and `&`
    /// differ in one bit, and so do `<` and `>`.
    @inline(__always)
    private static func special(in bytes: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let controls = bytes &- ones &* 32
        let quotes = ((bytes | ones &* 4) ^ ones &* 0x26) &- ones
        let brackets = ((bytes | ones &* 2) ^ ones &* 0x3E) &- ones
        return (controls | quotes | brackets) & ~bytes
    }
}

extension String {
    /// Calls a closure with the text in UTF-8.
    @inline(__always)
    func withBytes(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        var text = self
        // Only texts of other languages' runtimes are not contiguous.
        if !text.isContiguousUTF8 { text.makeContiguousUTF8() }
        text.utf8.withContiguousStorageIfAvailable(body)
    }
}
