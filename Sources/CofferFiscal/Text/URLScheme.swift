/// The schemes of texts that may be URLs.
enum URLScheme {
    /// Whether the text is a URL from which data can be read.
    static func isWeb(_ text: String) -> Bool {
        let scheme = of(text)
        return scheme == "http" || scheme == "https"
    }

    /// Returns the scheme of a possible URL, in lower case (RFC 3986 section 3.1).
    static func of(_ text: String) -> String? { of(text.utf8) }

    static func of(_ text: some Collection<UInt8>) -> String? {
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")), let first = text.first else { return nil }
        let isLetter = { (byte: UInt8) in (byte | 32) >= UInt8(ascii: "a") && (byte | 32) <= UInt8(ascii: "z") }
        let isAllowed = { (byte: UInt8) in isLetter(byte) || byte >= 48 && byte <= 57 || "+-.".utf8.contains(byte) }
        guard isLetter(first), text[..<colon].allSatisfy(isAllowed) else { return nil }
        return String(decoding: text[..<colon], as: UTF8.self).lowercased()
    }
}
