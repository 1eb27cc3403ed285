import Glibc

/// Converts text of any encoding to UTF-8, piece by piece; UTF-8 is passed through.
///
/// Invalid text becomes the byte 0xFF, which never occurs in UTF-8, so that it is found when the rows are checked.
struct TextDecoder: ~Copyable {
    /// The converter; nil for UTF-8.
    private let converter: iconv_t?
    /// The beginning of a character that continues in the next piece.
    private var rest: [UInt8] = []
    private var isAtStart = true
    /// Whether the text began with a UTF-8 byte order mark, which is removed.
    private(set) var hadByteOrderMark = false

    /// - Parameter encoding: a name registered with IANA or used by Python; the result is nil if the encoding is
    ///   unknown.
    init?(encoding: String) {
        let name = Self.canonicalName(encoding)
        guard name != "UTF-8" else {
            converter = nil
            return
        }
        // iconv would take the text after a slash as options.
        let isName = name.utf8.allSatisfy { $0 != UInt8(ascii: "/") && $0 > 32 && $0 < 127 } && !name.isEmpty
        guard isName, let converter = iconv_open("UTF-8", name), Int(bitPattern: converter) != -1 else { return nil }
        self.converter = converter
    }

    deinit { if let converter { iconv_close(converter) } }

    private static func canonicalName(_ encoding: String) -> String {
        let name = encoding.uppercased().replacing("_", with: "-")
        switch name {
        case "UTF-8", "UTF8", "UTF-8-SIG": return "UTF-8"
        case "LATIN-1": return "LATIN1"
        default: return name
        }
    }

    mutating func decode(_ bytes: [UInt8]) -> [UInt8] {
        var text = rest.isEmpty ? bytes : rest + bytes
        rest = []
        if let converter { text = convert(text, converter) }
        guard isAtStart else { return text }
        // Three bytes are needed to detect a byte order mark.
        if converter == nil, text.count < 3, Self.mark.starts(with: text) {
            rest = text
            return []
        }
        if text.isEmpty { return [] }
        isAtStart = false
        if text.starts(with: Self.mark) {
            text.removeFirst(3)
            hadByteOrderMark = converter == nil
        }
        return text
    }

    /// Returns the remaining bytes at the end of the text.
    mutating func finish() -> [UInt8] {
        defer { rest = [] }
        return converter == nil ? rest : rest.isEmpty ? [] : [Self.wrong]
    }

    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    private static let wrong: UInt8 = 0xFF

    private mutating func convert(_ bytes: [UInt8], _ converter: iconv_t) -> [UInt8] {
        var input = bytes
        var output: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        var read = 0
        while read < input.count {
            let (consumed, produced, fault) = step(converter, &input, from: read, &piece)
            read += consumed
            output += piece.prefix(produced)
            if fault == EILSEQ {
                output.append(Self.wrong)
                read += 1
            } else if fault == EINVAL {
                break
            }
        }
        rest = Array(input[read...])
        return output
    }

    private func step(
        _ converter: iconv_t, _ input: inout [UInt8], from read: Int, _ piece: inout [UInt8]
    ) -> (consumed: Int, produced: Int, fault: Int32) {
        input.withUnsafeMutableBytes { input in
            piece.withUnsafeMutableBytes { piece in
                var source = input.baseAddress?.advanced(by: read).assumingMemoryBound(to: CChar.self)
                var target = piece.baseAddress?.assumingMemoryBound(to: CChar.self)
                var (inputLeft, outputLeft) = (input.count - read, piece.count)
                let status = iconv(converter, &source, &inputLeft, &target, &outputLeft)
                let fault = status == -1 ? errno : 0
                return (input.count - read - inputLeft, piece.count - outputLeft, fault)
            }
        }
    }
}
