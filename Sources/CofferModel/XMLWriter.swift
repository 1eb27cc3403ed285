/// Writes an XML document of S3: elements and text, in UTF-8.
public struct XMLWriter: Sendable {
    /// The namespace of S3's documents.
    public static let namespace = "http://s3.amazonaws.com/doc/2006-03-01/"

    public private(set) var bytes: [UInt8] = Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".utf8)

    public init() {}

    /// A document with one root element in a namespace, which is S3's unless another is given.
    public static func document(
        _ root: String, namespace: String = namespace, _ content: (inout XMLWriter) -> Void
    ) -> [UInt8] {
        var writer = XMLWriter()
        writer.element("\(root) xmlns=\"\(namespace)\"", closing: root, content)
        return writer.bytes
    }

    /// A document whose root element holds nothing but text.
    public static func document(_ root: String, text: String) -> [UInt8] {
        document(root) { $0.escape(text.utf8) }
    }

    /// An element with content.
    public mutating func element(_ name: String, _ content: (inout XMLWriter) -> Void) {
        element(name, closing: name, content)
    }

    /// An element with attributes, which are written as they are, and content.
    public mutating func element(_ name: String, attributes: String, _ content: (inout XMLWriter) -> Void) {
        element("\(name) \(attributes)", closing: name, content)
    }

    /// An element with text.
    public mutating func element(_ name: String, _ text: String) {
        element(name) { $0.escape(text.utf8) }
    }

    /// An element with text of an error, in which S3 leaves quotation marks as they are.
    public mutating func errorElement(_ name: String, _ text: String) {
        element(name) { $0.escape(text.utf8, keepsQuotes: true) }
    }

    /// An element with a moment, to the second, as S3 writes it: `2026-11-23T21:56:00.000Z`.
    public mutating func element(_ name: String, _ time: Timestamp) {
        element(name, Timestamp(seconds: time.seconds).iso8601)
    }

    /// An element with text, or none where there is no text.
    public mutating func optional(_ name: String, _ text: String?) {
        if let text { element(name, text) }
    }

    private mutating func element(_ opening: String, closing: String, _ content: (inout XMLWriter) -> Void) {
        append("<")
        append(opening)
        append(">")
        content(&self)
        append("</")
        append(closing)
        append(">")
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    /// Control characters become references: S3 writes them so although XML 1.0 has no such characters.
    private mutating func escape(_ text: String.UTF8View, keepsQuotes: Bool = false) {
        for byte in text {
            switch byte {
            case UInt8(ascii: "&"): append("&amp;")
            case UInt8(ascii: "<"): append("&lt;")
            case UInt8(ascii: ">"): append("&gt;")
            case UInt8(ascii: "\"") where !keepsQuotes: append("&quot;")
            case 0..<32 where byte != 9 && byte != 10: append("&#x" + String(byte, radix: 16) + ";")
            default: bytes.append(byte)
            }
        }
    }
}
