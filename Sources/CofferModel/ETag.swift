/// An entity tag without its quotes; for an object stored by a single PUT, the hexadecimal MD5 of its bytes.
public struct ETag: Hashable, Sendable, CustomStringConvertible {
    /// The tag, without quotes.
    public let value: String

    /// Creates a tag from text without quotes.
    public init(_ value: String) { self.value = value }

    /// Reads a tag with or without quotes, as clients send it.
    public init(header: String) {
        let (bytes, quote) = (header.utf8, UInt8(ascii: "\""))
        let isQuoted = bytes.count >= 2 && bytes.first == quote && bytes.last == quote
        value = isQuoted ? String(Substring(bytes.dropFirst().dropLast())) : header
    }

    /// The tag in quotes, as it appears in headers and XML.
    public var description: String {
        // Every answer with an object has one: an interpolation takes twice as long.
        let tag = value.utf8Span.span
        return String(unsafeUninitializedCapacity: tag.count + 2) { buffer in
            buffer[0] = UInt8(ascii: "\"")
            for index in 0..<tag.count { buffer[index + 1] = tag[index] }
            buffer[tag.count + 1] = UInt8(ascii: "\"")
            return tag.count + 2
        }
    }
}

/// The value of `If-Match` or `If-None-Match`: `*`, or a list of tags (RFC 9110 section 13.1).
///
/// S3 accepts tags with and without quotes. An unquoted word that is not a tag matches nothing.
package enum ETagCondition: Sendable, Equatable {
    /// `*`: any existing object.
    case any
    /// The tags, without quotes and without the prefix `W/`.
    case tags([String])

    /// Reads the value of a header; every text is accepted.
    package init(_ header: String) {
        let items = header.split(at: ",").map(Self.trimmed)
        // A quoted star is a tag like any other.
        let isAny = items.count == 1 && items[0].elementsEqual("*".utf8)
        self = isAny ? .any : .tags(items.map(Self.unquoted))
    }

    /// Returns whether the condition names a tag, compared byte by byte.
    package func matches(_ tag: ETag) -> Bool {
        switch self {
        case .any: true
        case .tags(let tags): tags.contains { $0.utf8.elementsEqual(tag.value.utf8) }
        }
    }

    private static func trimmed(_ item: Substring) -> Substring.UTF8View {
        var text = item.utf8.drop(while: isBlank)
        while let last = text.last, isBlank(last) { text.removeLast() }
        return text
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    private static func unquoted(_ item: Substring.UTF8View) -> String {
        let text = item.starts(with: "W/".utf8) ? item.dropFirst(2) : item
        let quote = UInt8(ascii: "\"")
        let isQuoted = text.count >= 2 && text.first == quote && text.last == quote
        return String(Substring(isQuoted ? text.dropFirst().dropLast() : text))
    }
}
