/// The path of a file in a package: relative, with `/` between its parts, and never out of the package.
///
/// Source: Data Package, "Data Resource", "URL or Path" and its security note.
public struct PackagePath: Sendable, Hashable, CustomStringConvertible {
    public static let descriptor = PackagePath(unchecked: "datapackage.json")
    /// Longest path, in bytes: that of an S3 key.
    static let byteCount = 1024
    /// How often a path can be encoded: each time takes as long as the path is.
    private static let decodingCount = 4

    public let description: String

    private init(unchecked text: String) { description = text }

    /// - Throws: ``Fault`` if the path is not safe, as it stands or when what is percent-encoded in it is decoded, since
    ///   readers resolve it as a URL as well.
    public init(_ text: String) throws(Fault) {
        if let reason = Self.fault(in: text) { throw Fault(reason: reason) }
        var decoded = text
        var count = 0
        while let next = Self.percentDecoded(decoded), next != decoded {
            count += 1
            guard count <= Self.decodingCount else { throw Fault(reason: "it is percent-encoded again and again") }
            if let reason = Self.fault(in: next) { throw Fault(reason: "percent-decoded, \(reason)") }
            decoded = next
        }
        description = text
    }

    public var parts: [String] { description.split(separator: "/").map(String.init) }

    /// Why a path is not safe.
    public struct Fault: Error, Equatable {
        public let reason: String
    }

    private static func fault(in text: String) -> String? {
        if text.isEmpty { return "it is empty" }
        if text.utf8.count > byteCount { return "it is longer than \(byteCount) bytes" }
        if text.utf8.contains(where: { $0 < 32 || $0 == 127 }) { return "it has control characters" }
        if text.utf8.first == UInt8(ascii: "/") { return "it is absolute" }
        if text.utf8.first == UInt8(ascii: "~") { return "it begins with a home directory" }
        if text.utf8.contains(UInt8(ascii: "\\")) { return "it has a backslash" }
        if scheme(of: text) != nil { return "it begins with a scheme or drive" }
        for part in text.split(separator: "/", omittingEmptySubsequences: false) {
            if part.isEmpty { return "it has an empty part" }
            if part == ".." { return "it leads upwards" }
            if part.utf8.first == UInt8(ascii: ".") { return "it has a hidden part" }
        }
        return nil
    }

    /// Whether it is a URL at which data may be.
    static func isURL(_ text: String) -> Bool {
        let scheme = scheme(of: text)
        return scheme == "http" || scheme == "https"
    }

    /// The scheme of what may be a URL, in lower case (RFC 3986 section 3.1).
    static func scheme(of text: String) -> String? {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")), let first = text.utf8.first else { return nil }
        let isLetter = { (byte: UInt8) in (byte | 32) >= UInt8(ascii: "a") && (byte | 32) <= UInt8(ascii: "z") }
        let isAllowed = { (byte: UInt8) in isLetter(byte) || byte >= 48 && byte <= 57 || "+-.".utf8.contains(byte) }
        guard isLetter(first), text.utf8[..<colon].allSatisfy(isAllowed) else { return nil }
        return text[..<colon].lowercased()
    }

    /// nil if it is not UTF-8 when it is decoded.
    private static func percentDecoded(_ text: String) -> String? {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2,
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
