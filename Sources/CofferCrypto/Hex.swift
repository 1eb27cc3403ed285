/// Returns the lower-case hexadecimal text of bytes, two digits each.
package func hex(_ bytes: [UInt8]) -> String {
    String(unsafeUninitializedCapacity: bytes.count * 2) { text in
        for index in bytes.indices {
            text[index * 2] = hexDigit(bytes[index] >> 4)
            text[index * 2 + 1] = hexDigit(bytes[index] & 15)
        }
        return bytes.count * 2
    }
}

extension [UInt8] {
    /// Appends the lower-case hexadecimal digits of bytes.
    package mutating func append(hex bytes: [UInt8]) {
        for byte in bytes {
            append(hexDigit(byte >> 4))
            append(hexDigit(byte & 15))
        }
    }
}

private func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
}

/// Returns the bytes that hexadecimal text encodes; nil for anything else.
package func bytes(hex text: String) -> [UInt8]? {
    let digits = text.utf8Span.span
    guard digits.count.isMultiple(of: 2) else { return nil }
    // Digits are random, so that a branch for each would be predicted wrongly every second time.
    var invalid: UInt8 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: digits.count / 2) { buffer, count in
        count = digits.count / 2
        for index in 0..<count {
            let (high, low) = (value(ofHexDigit: digits[2 * index]), value(ofHexDigit: digits[2 * index + 1]))
            buffer[index] = high << 4 | low
            invalid |= high | low
        }
    }
    return invalid < 16 ? bytes : nil
}

/// Returns 0 to 15, and a number above 127 for a byte that is no digit.
private func value(ofHexDigit byte: UInt8) -> UInt8 {
    let digit = byte &- UInt8(ascii: "0")
    let letter = (byte | 32) &- UInt8(ascii: "a")
    let number = digit < 10 ? digit : letter &+ 10
    return number | (digit < 10 || letter < 6 ? 0 : 128)
}
