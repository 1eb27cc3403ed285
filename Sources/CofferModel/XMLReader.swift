private import CLibXML2

/// Reads an XML document event by event. The only entities are those predefined by XML: a document type declaration is
/// an error.
///
/// libxml2 limits the depth of elements to 256 and the length of a name or text; documents of S3 have tighter limits
/// (``XMLElement``).
package final class XMLReader {
    package enum Event: Sendable {
        /// The start of an element; an empty-element tag has no ``end(_:)``. Names have no prefix.
        case start(String)
        case text(String)
        case end(String)
    }

    package enum Fault: Error, Sendable {
        case notWellFormed
        case documentType
    }

    private let pieces: Pieces
    private let reader: xmlTextReaderPtr
    /// Whether the element that started last has neither text nor children.
    package private(set) var isEmpty = false

    /// Creates a reader of a document that is complete and in UTF-8, whatever its declaration says.
    package convenience init(_ document: [UInt8]) throws(Fault) {
        var rest = document
        try self.init(isUTF8: true) {
            defer { rest = [] }
            return rest
        }
    }

    /// Creates a reader of a document of any length.
    ///
    /// - Parameters:
    ///   - isUTF8: whether the document is in UTF-8 whatever it declares; otherwise in the encoding that it declares.
    ///   - next: returns the next bytes of the document, and none at its end.
    package init(isUTF8: Bool = false, next: @escaping () -> [UInt8]) throws(Fault) {
        pieces = Pieces(next)
        let reader = coffer_xml_reader(
            { context, buffer, count in
                guard let context, let buffer else { return -1 }
                // The pieces live as long as the reader, since this object owns both.
                let pieces = Unmanaged<Pieces>.fromOpaque(context).takeUnretainedValue()
                return Int32(pieces.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: Int(count))))
            }, Unmanaged.passUnretained(pieces).toOpaque(), isUTF8 ? 1 : 0)
        guard let reader else { throw .notWellFormed }
        self.reader = reader
    }

    deinit { xmlFreeTextReader(reader) }

    /// Returns the next event; nil at the end of the document.
    package func next() throws(Fault) -> Event? {
        while true {
            let status = xmlTextReaderRead(reader)
            guard status == 1 else {
                guard status == 0 else { throw .notWellFormed }
                return nil
            }
            switch UInt32(xmlTextReaderNodeType(reader)) {
            case XML_READER_TYPE_ELEMENT.rawValue:
                isEmpty = xmlTextReaderIsEmptyElement(reader) == 1
                return .start(name)
            case XML_READER_TYPE_END_ELEMENT.rawValue: return .end(name)
            case XML_READER_TYPE_TEXT.rawValue, XML_READER_TYPE_CDATA.rawValue,
                XML_READER_TYPE_SIGNIFICANT_WHITESPACE.rawValue:
                guard let text = xmlTextReaderConstValue(reader) else { continue }
                return .text(String(cString: text))
            case XML_READER_TYPE_DOCUMENT_TYPE.rawValue, XML_READER_TYPE_ENTITY_REFERENCE.rawValue: throw .documentType
            default: continue
            }
        }
    }

    /// Returns an attribute of the element that started last, by its qualified name.
    package func attribute(_ name: String) -> String? {
        guard let value = xmlTextReaderGetAttribute(reader, name) else { return nil }
        defer { coffer_xml_free(value) }
        return String(cString: value)
    }

    /// Returns an attribute of the element that started last, by its local name and its namespace.
    package func attribute(_ name: String, in namespace: String) -> String? {
        guard xmlTextReaderHasAttributes(reader) == 1,
            let value = xmlTextReaderGetAttributeNs(reader, name, namespace)
        else { return nil }
        defer { coffer_xml_free(value) }
        return String(cString: value)
    }

    private var name: String { xmlTextReaderConstLocalName(reader).map { String(cString: $0) } ?? "" }

    /// The pieces of a document that libxml2 has not read yet.
    private final class Pieces {
        private let next: () -> [UInt8]
        private var rest: ArraySlice<UInt8> = []

        init(_ next: @escaping () -> [UInt8]) { self.next = next }

        /// - Returns: the number of bytes; 0 at the end.
        func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
            if rest.isEmpty { rest = next()[...] }
            let piece = rest.prefix(buffer.count)
            buffer.copyBytes(from: piece)
            rest = rest.dropFirst(piece.count)
            return piece.count
        }
    }
}
