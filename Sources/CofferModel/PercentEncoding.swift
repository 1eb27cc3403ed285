/// Percent-encoding as Signature Version 4 defines it: every byte except `A-Z a-z 0-9 - . _ ~` becomes `%XX`.
package enum PercentEncoding {
    /// Encodes bytes.
    ///
    /// - Parameters:
    ///   - bytes: any bytes, such as those of UTF-8.
    ///   - keepingSlash: whether to leave `/` unencoded, as in a path.
    package static func encode(_ bytes: some Sequence<UInt8>, keepingSlash: Bool = false) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.underestimatedCount)
        for byte in bytes {
            if isUnreserved(byte) || (keepingSlash && byte == UInt8(ascii: "/")) {
                text.append(byte)
            } else {
                text.append(UInt8(ascii: "%"))
                text.append(digits[Int(byte >> 4)])
                text.append(digits[Int(byte & 15)])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Whether a text contains only unreserved characters, so that its encoded and decoded forms are the same.
    package static func isPlain(_ text: some StringProtocol) -> Bool { text.utf8.allSatisfy(isUnreserved) }

    /// Returns the bytes of a percent-encoded text; nil if a `%` is not followed by two hexadecimal digits.
    ///
    /// - Parameters:
    ///   - text: the encoded text; characters that need no encoding may be encoded or not.
    ///   - plusIsSpace: whether `+` is a space, as in a query, instead of a plus, as in a path.
    package static func decode(_ text: some StringProtocol, plusIsSpace: Bool = false) -> [UInt8]? {
        let encoded = Array(text.utf8)
        if !encoded.contains(UInt8(ascii: "%")), !plusIsSpace { return encoded }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(encoded.count)
        var index = 0
        while index < encoded.count {
            let byte = encoded[index]
            if byte == UInt8(ascii: "%") {
                guard index + 2 < encoded.count, let high = value(encoded[index + 1]),
                    let low = value(encoded[index + 2])
                else { return nil }
                bytes.append(high << 4 | low)
                index += 3
            } else {
                bytes.append(plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
                index += 1
            }
        }
        return bytes
    }

    private static let digits = Array("0123456789ABCDEF".utf8)

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
