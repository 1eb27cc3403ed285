private import CLibXML2

/// Reads an XML document event by event. The only entities are those predefined by XML: a document type declaration is
/// an error.
///
/// libxml2 limits the depth of elements to 256 and the length of a name or text; documents of S3 have tighter limits
/// (``XMLElement``). The process ends with a message if libxml2, which is loaded at the first document, is missing.
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

    /// The functions of libxml2, which never change.
    private nonisolated(unsafe) static let library: coffer_xml = {
        var xml = coffer_xml()
        guard coffer_xml_load(&xml) == 1 else { fatalError("libxml2.so.2 cannot be loaded: install libxml2") }
        return xml
    }()

    private let pieces: Pieces
    private let reader: coffer_xml_reader
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
        var library = Self.library
        let reader = coffer_xml_open(
            &library,
            { context, buffer, count in
                guard let context, let buffer else { return -1 }
                // The pieces live as long as the reader, since this object owns both.
                let pieces = Unmanaged<Pieces>.fromOpaque(context).takeUnretainedValue()
                return Int32(pieces.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: Int(count))))
            }, Unmanaged.passUnretained(pieces).toOpaque(), isUTF8 ? 1 : 0)
        guard let reader else { throw .notWellFormed }
        self.reader = reader
    }

    deinit { Self.library.FreeTextReader(reader) }

    /// Returns the next event; nil at the end of the document.
    package func next() throws(Fault) -> Event? {
        while true {
            let status = Self.library.TextReaderRead(reader)
            guard status == 1 else {
                guard status == 0 else { throw .notWellFormed }
                return nil
            }
            switch Int(Self.library.TextReaderNodeType(reader)) {
            case COFFER_XML_ELEMENT:
                isEmpty = Self.library.TextReaderIsEmptyElement(reader) == 1
                return .start(name)
            case COFFER_XML_END_ELEMENT: return .end(name)
            case COFFER_XML_TEXT, COFFER_XML_CDATA, COFFER_XML_SIGNIFICANT_WHITESPACE:
                guard let text = Self.library.TextReaderConstValue(reader) else { continue }
                return .text(String(cString: text))
            case COFFER_XML_DOCUMENT_TYPE, COFFER_XML_ENTITY_REFERENCE: throw .documentType
            default: continue
            }
        }
    }

    /// Returns an attribute of the element that started last, by its qualified name.
    package func attribute(_ name: String) -> String? {
        guard let value = Self.library.TextReaderGetAttribute(reader, name) else { return nil }
        defer { Self.library.Free.pointee?(value) }
        return String(cString: value)
    }

    /// Returns an attribute of the element that started last, by its local name and its namespace.
    package func attribute(_ name: String, in namespace: String) -> String? {
        guard Self.library.TextReaderHasAttributes(reader) == 1,
            let value = Self.library.TextReaderGetAttributeNs(reader, name, namespace)
        else { return nil }
        defer { Self.library.Free.pointee?(value) }
        return String(cString: value)
    }

    private var name: String { Self.library.TextReaderConstLocalName(reader).map { String(cString: $0) } ?? "" }

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
