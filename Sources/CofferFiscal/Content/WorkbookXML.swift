import CofferModel

/// Reads an XML document of a workbook, event by event and in bounded memory.
final class WorkbookXML {
    private let reader: XMLReader
    private let input: Input

    /// The document in the archive, and the error that ended it early.
    private final class Input {
        private let file: ZipEntryReader
        private(set) var failure: SourceError?

        init(_ file: ZipEntryReader) { self.file = file }

        func next() -> [UInt8] {
            do throws(SourceError) {
                return try file.next() ?? []
            } catch {
                failure = error
                return []
            }
        }
    }

    init(_ file: ZipEntryReader) throws(SourceError) {
        let input = Input(file)
        self.input = input
        do throws(XMLReader.Fault) {
            reader = try XMLReader(next: input.next)
        } catch {
            throw input.failure ?? Self.error(error)
        }
    }

    /// Returns the next event; nil at the end.
    func next() throws(SourceError) -> XMLReader.Event? {
        let event: XMLReader.Event?
        do throws(XMLReader.Fault) {
            event = try reader.next()
        } catch {
            throw input.failure ?? Self.error(error)
        }
        if let failure = input.failure { throw failure }
        return event
    }

    /// Whether the element that started last has neither text nor children.
    var isEmpty: Bool { reader.isEmpty }

    /// Returns an attribute of the element that started last, by its qualified name.
    func attribute(_ name: String) -> String? { reader.attribute(name) }

    private static func error(_ fault: XMLReader.Fault) -> SourceError {
        switch fault {
        case .notWellFormed: .damaged("the workbook's XML is damaged")
        case .documentType: .damaged("the workbook's XML has a document type declaration, which is not allowed")
        }
    }
}
