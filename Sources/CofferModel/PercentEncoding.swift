/// Percent-encoding as Signature Version 4 defines it: every byte except `A-Z a-z 0-9 - . _ ~` becomes `%XX`.
package enum PercentEncoding {
    /// Encodes bytes.
    ///
    /// - Parameters:
    ///   - bytes: any bytes, such as those of UTF-8.
    ///   - keepingSlash: whether to leave `/` unencoded, as in a path.
    package static func encode(_ bytes: [UInt8], keepingSlash: Bool = false) -> String {
        encode(bytes.span, keepingSlash: keepingSlash)
    }

    /// Encodes the UTF-8 of a text.
    package static func encode(_ text: String.UTF8View, keepingSlash: Bool = false) -> String {
        encode(text.span, keepingSlash: keepingSlash)
    }

    private static func encode(_ bytes: Span<UInt8>, keepingSlash: Bool) -> String {
        func isKept(_ byte: UInt8) -> Bool { isUnreserved(byte) || (keepingSlash && byte == UInt8(ascii: "/")) }
        var count = bytes.count
        for index in 0..<bytes.count where !isKept(bytes[index]) { count += 2 }
        if count == bytes.count { return bytes.text(0..<count) }
        return String(unsafeUninitializedCapacity: count) { text in
            var end = 0
            for index in 0..<bytes.count {
                let byte = bytes[index]
                if isKept(byte) {
                    text[end] = byte
                    end += 1
                } else {
                    text[end] = UInt8(ascii: "%")
                    text[end + 1] = digit(byte >> 4)
                    text[end + 2] = digit(byte & 15)
                    end += 3
                }
            }
            return end
        }
    }

    /// Whether a path contains only unreserved characters and slashes, so that its encoded and decoded forms are the
    /// same.
    package static func isPlainPath(_ path: String) -> Bool {
        let bytes = path.utf8Span.span
        for index in 0..<bytes.count where bytes[index] != UInt8(ascii: "/") && !isUnreserved(bytes[index]) {
            return false
        }
        return true
    }

    /// Whether decoding and encoding a part of a query does not change it.
    package static func isCanonical(_ bytes: Span<UInt8>, in range: Range<Int>) -> Bool {
        var index = range.lowerBound
        while index < range.upperBound {
            if isUnreserved(bytes[index]) {
                index += 1
                continue
            }
            guard bytes[index] == UInt8(ascii: "%"), index + 2 < range.upperBound, !isLowerCase(bytes[index + 1]),
                !isLowerCase(bytes[index + 2]), let high = value(bytes[index + 1]), let low = value(bytes[index + 2]),
                !isUnreserved(high << 4 | low)
            else { return false }
            index += 3
        }
        return true
    }

    /// Returns the bytes of a percent-encoded text; nil if a `%` is not followed by two hexadecimal digits.
    ///
    /// - Parameters:
    ///   - text: the encoded text; characters that need no encoding may be encoded or not.
    ///   - plusIsSpace: whether `+` is a space, as in a query, instead of a plus, as in a path.
    package static func decode(_ text: String, plusIsSpace: Bool = false) -> [UInt8]? {
        let bytes = text.utf8Span.span
        return decode(bytes, 0..<bytes.count, plusIsSpace: plusIsSpace)
    }

    /// Returns the bytes of a percent-encoded part of a text.
    package static func decode(_ text: Substring, plusIsSpace: Bool = false) -> [UInt8]? {
        decode(String(text), plusIsSpace: plusIsSpace)
    }

    /// Returns the bytes of a percent-encoded range.
    package static func decode(_ encoded: Span<UInt8>, _ range: Range<Int>, plusIsSpace: Bool = false) -> [UInt8]? {
        var isValid = true
        let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { bytes, count in
            var index = range.lowerBound
            while index < range.upperBound {
                let byte = encoded[index]
                if byte == UInt8(ascii: "%") {
                    guard index + 2 < range.upperBound, let high = value(encoded[index + 1]),
                        let low = value(encoded[index + 2])
                    else { return isValid = false }
                    bytes[count] = high << 4 | low
                    index += 3
                } else {
                    bytes[count] = plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte
                    index += 1
                }
                count += 1
            }
        }
        return isValid ? bytes : nil
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }

    private static func isLowerCase(_ byte: UInt8) -> Bool { (97...122).contains(byte) }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
