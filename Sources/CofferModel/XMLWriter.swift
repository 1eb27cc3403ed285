/// A writer of S3's XML documents: elements and text, in UTF-8.
package struct XMLWriter: Sendable {
    /// The namespace of S3's documents.
    package static let namespace = "http://s3.amazonaws.com/doc/2006-03-01/"

    private var output = ByteOutput()

    /// Creates a writer that has written only the XML declaration.
    package init() {
        output.reserve(1024)
        output.write(room: 64) { $0.put("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n") }
    }

    /// What has been written so far, beginning with the XML declaration.
    package var bytes: [UInt8] { output.bytes }

    /// Returns a document with one root element in a namespace, by default that of S3.
    ///
    /// - Parameter capacity: about how many bytes the document will have; more costs copies.
    package static func document(
        _ root: String, namespace: String = namespace, capacity: Int = 0, _ content: (inout XMLWriter) -> Void
    ) -> [UInt8] {
        var writer = XMLWriter()
        if capacity > 1024 { writer.output.reserve(capacity) }
        writer.element("\(root) xmlns=\"\(namespace)\"", closing: root, content)
        return writer.output.bytes
    }

    /// Returns a document whose root element contains only text.
    package static func document(_ root: String, text: String) -> [UInt8] {
        document(root) { xml in text.withBytes { xml.escape($0) } }
    }

    // MARK: Elements

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
        name.withBytes { name in text.withBytes { element(name, escaping: $0) } }
    }

    /// Writes an element with the text of an error, in which S3 does not escape quotation marks.
    package mutating func errorElement(_ name: String, _ text: String) {
        element(name) { xml in text.withBytes { xml.escape($0, keepsQuotes: true) } }
    }

    /// Writes an element with a time, to the second, as S3 formats it: `2026-11-23T21:56:00.000Z`.
    package mutating func element(_ name: String, _ time: Timestamp) {
        let date = time.iso8601Seconds
        name.withBytes { name in
            output.write(room: 2 * name.count + 37) { cursor in
                cursor.open(name)
                date.withBytes { cursor.put($0) }
                cursor.close(name)
            }
        }
    }

    /// Writes an element with text, or nothing if the text is nil.
    package mutating func optional(_ name: String, _ text: String?) {
        if let text { element(name, text) }
    }

    /// Writes an element with fields, elements that are written at once because there are many such elements.
    ///
    /// - Parameter room: the maximum number of bytes of the fields; a byte of text may become six.
    package mutating func row(_ name: StaticString, room: Int, _ content: (inout XMLFields) -> Void) {
        output.write(room: room + 2 * name.utf8CodeUnitCount + 5) { cursor in
            var fields = XMLFields(cursor)
            fields.element(name, content)
            cursor = fields.cursor
        }
    }

    private mutating func element(_ opening: String, closing: String, _ content: (inout XMLWriter) -> Void) {
        opening.withBytes { open($0) }
        content(&self)
        closing.withBytes { name in output.write(room: name.count + 3) { $0.close(name) } }
    }

    private mutating func element(_ name: UnsafeBufferPointer<UInt8>, escaping text: UnsafeBufferPointer<UInt8>) {
        let isPlain = text.hasNothingToEscape
        output.write(room: 2 * name.count + (isPlain ? 1 : 6) * text.count + 5) { cursor in
            cursor.open(name)
            if isPlain { cursor.put(text) } else { cursor.escape(text) }
            cursor.close(name)
        }
    }

    private mutating func open(_ name: UnsafeBufferPointer<UInt8>) {
        output.write(room: name.count + 2) { $0.open(name) }
    }

    private mutating func escape(_ text: UnsafeBufferPointer<UInt8>, keepsQuotes: Bool = false) {
        output.write(room: 6 * text.count) { $0.escape(text, keepsQuotes: keepsQuotes) }
    }
}
