/// A field's value with parameters: `form-data; name="key"; filename="a.txt"` (RFC 9110 section 5.6.6).
///
/// Quoted strings are read as browsers write them: a backslash escapes a quotation mark or a backslash, and is literal
/// before anything else, as in `filename="C:\a.txt"`.
struct ParameterizedField {
    /// In lower case.
    let value: String
    private var parameters: [(name: String, value: String)] = []

    /// Parses a field value; nil for malformed text or a duplicate parameter.
    init?(_ text: String) {
        let bytes = text.utf8
        let end = bytes.firstIndex(of: UInt8(ascii: ";")) ?? bytes.endIndex
        value = Substring(Self.trimmed(bytes[..<end])).lowercased()
        var rest = bytes[end...]
        while !rest.isEmpty {
            rest = Self.trimmed(rest.dropFirst())
            if rest.isEmpty { return }
            guard let equals = rest.firstIndex(of: UInt8(ascii: "=")) else { return nil }
            let name = Substring(Self.trimmed(rest[..<equals])).lowercased()
            rest = rest[rest.index(after: equals)...]
            guard HTTPHeaders.isName(name), self[name] == nil, let value = Self.takeValue(&rest) else { return nil }
            parameters.append((name, value))
        }
    }

    subscript(name: String) -> String? {
        parameters.first { $0.name == name }?.value
    }

    /// Consumes a token or a quoted string from the front, up to the next semicolon.
    private static func takeValue(_ rest: inout Substring.UTF8View) -> String? {
        rest = trimmed(rest)
        if rest.first == UInt8(ascii: "\"") { return takeQuoted(&rest) }
        let end = rest.firstIndex(of: UInt8(ascii: ";")) ?? rest.endIndex
        defer { rest = rest[end...] }
        return String(Substring(trimmed(rest[..<end])))
    }

    private static func takeQuoted(_ rest: inout Substring.UTF8View) -> String? {
        let (quote, backslash) = (UInt8(ascii: "\""), UInt8(ascii: "\\"))
        rest = rest.dropFirst()
        var value: [UInt8] = []
        while let byte = rest.popFirst() {
            if byte == quote {
                rest = trimmed(rest)
                guard rest.isEmpty || rest.first == UInt8(ascii: ";") else { return nil }
                return String(decoding: value, as: UTF8.self)
            }
            let isEscape = byte == backslash && (rest.first == quote || rest.first == backslash)
            value.append(isEscape ? rest.removeFirst() : byte)
        }
        return nil
    }

    /// Returns the bytes without white space at either end.
    static func trimmed(_ bytes: Substring.UTF8View) -> Substring.UTF8View {
        func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 }
        let bytes = bytes.drop(while: isSpace)
        let end = bytes.lastIndex { !isSpace($0) }.map(bytes.index(after:)) ?? bytes.startIndex
        return bytes[..<end]
    }
}
