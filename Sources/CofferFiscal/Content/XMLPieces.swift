import CLibXML2
import Glibc

/// Reads an XML document from an archive, element by element and in bounded memory. Document types are refused, so the
/// only entities are those predefined by XML.
final class XMLPieces {
    private let input: Input
    private let reader: xmlTextReaderPtr
    /// Whether the element that started last has neither text nor children.
    private(set) var isEmpty = false

    enum Event {
        case start(String)
        case text(String)
        case end(String)
    }

    /// The input of libxml2.
    private final class Input {
        let file: ZipEntryReader
        var rest: ArraySlice<UInt8> = []
        var failure: SourceError?

        init(_ file: ZipEntryReader) { self.file = file }

        func read(_ buffer: UnsafeMutablePointer<CChar>, _ count: Int) -> Int32 {
            do throws(SourceError) {
                if rest.isEmpty { rest = try file.next()?[...] ?? [] }
            } catch {
                failure = error
                return -1
            }
            let piece = rest.prefix(count)
            piece.withUnsafeBytes { if let start = $0.baseAddress { memcpy(buffer, start, $0.count) } }
            rest = rest.dropFirst(piece.count)
            return Int32(piece.count)
        }
    }

    init(_ file: ZipEntryReader) throws(SourceError) {
        input = Input(file)
        let reader = coffer_xml_stream(
            { context, buffer, count in
                guard let context, let buffer else { return -1 }
                // The input lives as long as the reader, since this object owns both.
                return Unmanaged<Input>.fromOpaque(context).takeUnretainedValue().read(buffer, Int(count))
            }, Unmanaged.passUnretained(input).toOpaque())
        guard let reader else { throw input.failure ?? .damaged("the workbook's XML cannot be read") }
        self.reader = reader
    }

    deinit { xmlFreeTextReader(reader) }

    /// Returns the next event; nil at the end.
    func next() throws(SourceError) -> Event? {
        while true {
            let status = xmlTextReaderRead(reader)
            if let failure = input.failure { throw failure }
            guard status == 1 else {
                guard status == 0 else { throw .damaged("the workbook's XML is damaged") }
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
                return .text(Self.string(text))
            case XML_READER_TYPE_DOCUMENT_TYPE.rawValue, XML_READER_TYPE_ENTITY_REFERENCE.rawValue:
                throw .damaged("the workbook's XML has a document type declaration, which is not allowed")
            default: continue
            }
        }
    }

    /// Returns an attribute of the element that started last, by its qualified name.
    func attribute(_ name: String) -> String? {
        guard let value = xmlTextReaderGetAttribute(reader, name) else { return nil }
        defer { free(value) }
        return Self.string(value)
    }

    /// The element's name without its prefix.
    private var name: String { xmlTextReaderConstLocalName(reader).map(Self.string) ?? "" }

    private static func string(_ text: UnsafePointer<UInt8>) -> String {
        String(decoding: UnsafeBufferPointer(start: text, count: strlen(text)), as: UTF8.self)
    }

    private static func strlen(_ text: UnsafePointer<UInt8>) -> Int {
        text.withMemoryRebound(to: CChar.self, capacity: 1) { Glibc.strlen($0) }
    }
}
