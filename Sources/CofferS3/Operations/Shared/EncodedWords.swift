import CofferCrypto
import CofferModel

/// Non-ASCII metadata as the encoded words of RFC 2047, in which S3 accepts and returns it.
///
/// Source: S3 User Guide, "Working with object metadata": values are decoded according to RFC 2047 before they are
/// stored, and encoded before they are returned; ASCII values are returned unchanged.
enum EncodedWords {
    /// The bytes of a word's text: the 75 characters that a word may have, without `=?UTF-8?Q?` and the closing `?=`.
    private static let wordByteCount = 63

    /// Encodes text if it needs encoding: as Q if most characters are ASCII, as B otherwise.
    static func encode(_ text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        let plain = scalars.count(where: isPlain)
        guard plain < scalars.count else { return text }
        let encoding: Encoding = plain > scalars.count - plain ? .q : .b
        return words(scalars[...], encoding).joined(separator: " ")
    }

    /// Decodes the encoded words in a value. White space between two words is dropped. Words that cannot be decoded, or
    /// have a character set other than UTF-8, ASCII and ISO 8859-1, remain unchanged.
    static func decode(_ value: String) -> String {
        guard value.utf8.contains(UInt8(ascii: "?")), value.contains("=?") else { return value }
        var text = ""
        var isBehindWord = false
        var space = ""
        for token in tokens(value) {
            if isSpace(token.utf8.first) {
                space = String(token)
                continue
            }
            let word = word(token)
            if word == nil || !isBehindWord { text += space }
            text += word ?? String(token)
            isBehindWord = word != nil
            space = ""
        }
        text += space
        return CombiningMarks.exceed(CombiningMarks.nameLimit, in: text) ? value : text
    }

    // MARK: Encoding

    private enum Encoding: String {
        case q = "Q"
        case b = "B"
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        (32..<127).contains(scalar.value) || scalar == "\t"
    }

    /// Returns the encoded words for a text, halved until every piece fits in a word.
    private static func words(_ scalars: ArraySlice<Unicode.Scalar>, _ encoding: Encoding) -> [String] {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        let bytes = Array(String(text).utf8)
        let encoded = encoding == .b ? base64(bytes) : quoted(bytes)
        guard encoded.utf8.count > wordByteCount, scalars.count > 1 else {
            return ["=?UTF-8?\(encoding.rawValue)?\(encoded)?="]
        }
        let middle = scalars.startIndex + scalars.count / 2
        return words(scalars[..<middle], encoding) + words(scalars[middle...], encoding)
    }

    private static func quoted(_ bytes: [UInt8]) -> String {
        bytes.map { (byte: UInt8) -> String in
            switch byte {
            case 32: "_"
            case UInt8(ascii: "="), UInt8(ascii: "?"), UInt8(ascii: "_"), 0..<32, 127...: "=" + hex([byte]).uppercased()
            default: String(UnicodeScalar(byte))
            }
        }.joined()
    }

    // MARK: Decoding

    private static func isSpace(_ byte: UInt8?) -> Bool { byte == 32 || byte == 9 }

    /// Splits a value into alternating runs of white space and of other characters.
    private static func tokens(_ value: String) -> [Substring] {
        var tokens: [Substring] = []
        var rest = value[...].utf8
        while let first = rest.first {
            let token = rest.prefix { isSpace($0) == isSpace(first) }
            tokens.append(Substring(token))
            rest = rest.dropFirst(token.count)
        }
        return tokens
    }

    /// Decodes `=?charset?encoding?text?=`; nil for anything else.
    private static func word(_ token: Substring) -> String? {
        guard token.utf8.count > 8, token.hasPrefix("=?"), token.hasSuffix("?=") else { return nil }
        let parts = Substring(token.utf8.dropFirst(2).dropLast(2)).split(at: "?", keepingEmpty: true)
        guard parts.count == 3 else { return nil }
        let bytes: [UInt8]? =
            switch parts[1] {
            case "B", "b": CofferCrypto.bytes(base64: String(parts[2]))
            case "Q", "q": unquoted(parts[2])
            default: nil
            }
        // A word must not introduce bytes that a header field cannot contain.
        guard let bytes, !bytes.contains(where: { $0 < 32 || $0 == 127 }) else { return nil }
        switch parts[0].lowercased() {
        case "utf-8", "us-ascii": return String(validating: bytes, as: UTF8.self)
        case "iso-8859-1": return String(decoding: bytes.map { UInt16($0) }, as: UTF16.self)
        default: return nil
        }
    }

    private static func unquoted(_ text: Substring) -> [UInt8]? {
        let marked = text.utf8.map { (byte: UInt8) -> UInt8 in
            switch byte {
            case UInt8(ascii: "="): UInt8(ascii: "%")
            case UInt8(ascii: "_"): UInt8(ascii: " ")
            default: byte
            }
        }
        guard !text.utf8.contains(UInt8(ascii: "%")) else { return nil }
        return PercentEncoding.decode(String(decoding: marked, as: UTF8.self))
    }
}
