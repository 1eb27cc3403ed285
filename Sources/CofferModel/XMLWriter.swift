/// A writer of S3's XML documents: elements and text, in UTF-8.
package struct XMLWriter: Sendable {
    /// The namespace of S3's documents.
    package static let namespace = "http://s3.amazonaws.com/doc/2006-03-01/"

    /// What has been written so far, beginning with the XML declaration.
    package private(set) var bytes: [UInt8] = Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".utf8)

    /// Creates a writer that has written only the XML declaration.
    package init() {}

    /// Returns a document with one root element in a namespace, by default that of S3.
    package static func document(
        _ root: String, namespace: String = namespace, _ content: (inout XMLWriter) -> Void
    ) -> [UInt8] {
        var writer = XMLWriter()
        writer.element("\(root) xmlns=\"\(namespace)\"", closing: root, content)
        return writer.bytes
    }

    /// Returns a document whose root element contains only text.
    package static func document(_ root: String, text: String) -> [UInt8] {
        document(root) { $0.escape(text.utf8) }
    }

    /// Writes an element with content.
    package mutating func element(_ name: String, _ content: (inout XMLWriter) -> Void) {
        element(name, closing: name, content)
    }

    /// Writes an element with content and with attributes, which are written unescaped.
    package mutating func element(_ name: String, attributes: String, _ content: (inout XMLWriter) -> Void) {
        element("\(name) \(attributes)", closing: name, content)
    }

    /// Writes an element with text.
    package mutating func element(_ name: String, _ text: String) {
        element(name) { $0.escape(text.utf8) }
    }

    /// Writes an element with the text of an error, in which S3 does not escape quotation marks.
    package mutating func errorElement(_ name: String, _ text: String) {
        element(name) { $0.escape(text.utf8, keepsQuotes: true) }
    }

    /// Writes an element with a time, to the second, as S3 formats it: `2026-11-23T21:56:00.000Z`.
    package mutating func element(_ name: String, _ time: Timestamp) {
        element(name) { time.iso8601Seconds.append(to: &$0.bytes) }
    }

    /// Writes an element with text, or nothing if the text is nil.
    package mutating func optional(_ name: String, _ text: String?) {
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

    /// Escapes text. Control characters become references, as in S3, although XML 1.0 does not allow them.
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
