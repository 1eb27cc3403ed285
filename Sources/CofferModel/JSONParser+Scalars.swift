/// Strings and numbers (RFC 8259 sections 6 and 7).
extension JSONParser {
    /// Reads a string, beginning at its opening quotation mark.
    mutating func string() throws(JSONFault) -> String {
        let (begin, quote) = (position, bytes[position])
        position += 1
        var start = position
        // The decoded bytes up to and including the last escape.
        var unescaped: [UInt8] = []
        // Combining marks are not ASCII: they need an escape or a byte of 0x80 or more.
        var mayHaveMarks = false
        while let byte = next {
            switch byte {
            case quote:
                let text = self.text(unescaped, from: start)
                position += 1
                guard !mayHaveMarks || !CombiningMarks.exceed(CombiningMarks.textLimit, in: text) else {
                    throw fault(.unexpected("fewer combining marks in a row"), at: begin)
                }
                return text
            case UInt8(ascii: "\\"):
                unescaped += bytes[start..<position]
                // Encoding never fails: every scalar has a UTF-8 form.
                if let encoded = UTF8.encode(try escape(quote)) { unescaped.append(contentsOf: encoded) }
                mayHaveMarks = true
                start = position
            case 0..<0x20: throw unexpected("an escape such as \\n instead of a control character")
            default:
                if byte >= 0x80 { mayHaveMarks = true }
                position += 1
            }
        }
        throw unexpected("the closing quote of the string")
    }

    /// Returns the decoded bytes followed by those from an offset up to the current position.
    private func text(_ unescaped: [UInt8], from start: Int) -> String {
        if unescaped.isEmpty { return piece(from: start) }
        return String(decoding: unescaped + bytes[start..<position], as: UTF8.self)
    }

    /// Returns the bytes from an offset up to the current position as text.
    private func piece(from start: Int) -> String {
        String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func escape(_ quote: UInt8) throws(JSONFault) -> Unicode.Scalar {
        let start = position
        position += 1
        guard let letter = next else { throw unexpected("a character after '\\'") }
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try codePoint(start)
        // S3 API Reference, "POST Policy", Character Escaping.
        case UInt8(ascii: "$") where dialect == .postPolicy: return "$"
        case UInt8(ascii: "v") where dialect == .postPolicy: return "\u{B}"
        case UInt8(ascii: "'") where dialect == .postPolicy && quote == letter: return "'"
        default: throw fault(.unexpected("a JSON escape such as \\n or \\u0041"), at: start)
        }
    }

    /// Reads four hexadecimal digits, or a surrogate pair written as two escapes of four digits each.
    private mutating func codePoint(_ start: Int) throws(JSONFault) -> Unicode.Scalar {
        let first = try hexadecimal()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard (0xD800..<0xDC00).contains(first), next == UInt8(ascii: "\\") else { throw loneSurrogate(start) }
        position += 1
        guard next == UInt8(ascii: "u") else { throw loneSurrogate(start) }
        position += 1
        let second = try hexadecimal()
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw loneSurrogate(start) }
        return scalar
    }

    private func loneSurrogate(_ start: Int) -> JSONFault {
        fault(.unexpected("a surrogate pair of two \\u escapes"), at: start)
    }

    private mutating func hexadecimal() throws(JSONFault) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = next.flatMap(Self.hexadecimalDigit) else { throw unexpected("a hexadecimal digit") }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    private static func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    // MARK: Numbers

    mutating func number() throws(JSONFault) -> JSONNumber {
        let start = position
        if next == UInt8(ascii: "-") { position += 1 }
        if next == UInt8(ascii: "0") { position += 1 } else { try digits() }
        if next == UInt8(ascii: ".") {
            position += 1
            try digits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            position += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        return JSONNumber(text: piece(from: start))
    }

    private mutating func digits() throws(JSONFault) {
        let start = position
        while let byte = next, Self.isDigit(byte) { position += 1 }
        guard position > start else { throw unexpected("a digit") }
    }
}
