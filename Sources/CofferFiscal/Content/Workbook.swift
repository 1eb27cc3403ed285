import CofferModel

/// An Excel workbook: its sheets, the texts that their cells share, and which cells are dates.
///
/// Source: ECMA-376, Office Open XML, part 1: SpreadsheetML.
struct Workbook {
    private let archive: ZipArchive
    private var sheets: [(name: String, path: String)] = []
    private(set) var sharedTexts: [String] = []
    /// The date styles, indexed by the number of a cell's style.
    private(set) var dateStyles: [WorkbookDate.Style?] = []
    private(set) var beginsIn1904 = false

    /// The maximum number of sheets, styles and relations to read.
    private static let itemCount = 100_000

    init(_ archive: ZipArchive) throws(SourceError) {
        self.archive = archive
        guard let book = try archive.entry("xl/workbook.xml") else {
            throw .otherKind("a ZIP archive without a workbook, not an Excel workbook")
        }
        try readSheets(book)
        if let texts = try archive.entry("xl/sharedStrings.xml") { try readSharedTexts(texts) }
        if let styles = try archive.entry("xl/styles.xml") { try readStyles(styles) }
    }

    /// Starts reading the rows of a sheet.
    func open(_ sheet: WorkbookSheet) throws(SourceError) -> WorkbookRows {
        let path: String?
        switch sheet {
        case .number(let number): path = sheets.indices.contains(number - 1) ? sheets[number - 1].path : nil
        case .name(let name): path = sheets.first { $0.name == name }?.path
        }
        guard let path, let entry = try archive.entry(path) else {
            let names = sheets.prefix(20).map { quoted($0.name) }.joined(separator: ", ")
            let wanted =
                switch sheet {
                case .number(let number): "\(number)"
                case .name(let name): quoted(name)
                }
            throw .otherKind("a workbook without the sheet \(wanted); its sheets are \(names)")
        }
        return try WorkbookRows(WorkbookXML(try archive.open(entry)), self)
    }

    // MARK: Parts of the workbook

    private mutating func readSheets(_ book: ZipArchive.Entry) throws(SourceError) {
        let targets = try relations()
        let xml = try WorkbookXML(try archive.open(book))
        while let event = try xml.next() {
            guard case .start(let name) = event else { continue }
            if name == "workbookPr" { beginsIn1904 = ["1", "true"].contains(xml.attribute("date1904") ?? "") }
            guard name == "sheet", let title = xml.attribute("name"), let id = xml.attribute("r:id"),
                let target = targets[id], sheets.count < Self.itemCount
            else { continue }
            sheets.append((title, target))
        }
    }

    /// Returns the paths of the workbook's parts by their ids.
    private func relations() throws(SourceError) -> [String: String] {
        guard let entry = try archive.entry("xl/_rels/workbook.xml.rels") else { return [:] }
        let xml = try WorkbookXML(try archive.open(entry))
        var targets: [String: String] = [:]
        while let event = try xml.next(), targets.count < Self.itemCount {
            guard case .start("Relationship") = event, let id = xml.attribute("Id"),
                let target = xml.attribute("Target")
            else { continue }
            targets[id] = target.hasPrefix("/") ? String(target.dropFirst()) : "xl/\(target)"
        }
        return targets
    }

    private mutating func readSharedTexts(_ entry: ZipArchive.Entry) throws(SourceError) {
        let xml = try WorkbookXML(try archive.open(entry))
        var text = WorkbookText()
        var byteCount = 0
        while let event = try xml.next() {
            switch event {
            case .start("si"):
                text = WorkbookText()
                if xml.isEmpty { sharedTexts.append("") }
            case .end("si"):
                byteCount += text.text.utf8.count + 16
                guard byteCount <= UnpackingLimits.sharedTextByteCount else {
                    throw .unread("it is a workbook with more than 64 MiB of text; save it as CSV")
                }
                sharedTexts.append(text.text)
            default: try text.take(event, isEmpty: xml.isEmpty)
            }
        }
    }

    private mutating func readStyles(_ entry: ZipArchive.Entry) throws(SourceError) {
        let xml = try WorkbookXML(try archive.open(entry))
        var formats: [Int: WorkbookDate.Style] = [:]
        var isInCells = false
        while let event = try xml.next() {
            switch event {
            case .start("numFmt"):
                guard let id = xml.attribute("numFmtId").flatMap({ Int($0) }), let code = xml.attribute("formatCode"),
                    formats.count < Self.itemCount
                else { continue }
                formats[id] = WorkbookDate.Style(code: code)
            case .start("cellXfs"): isInCells = true
            case .end("cellXfs"): isInCells = false
            case .start("xf") where isInCells && dateStyles.count < Self.itemCount:
                let id = xml.attribute("numFmtId").flatMap { Int($0) } ?? 0
                dateStyles.append(formats[id] ?? WorkbookDate.Style(builtIn: id))
            default: continue
            }
        }
    }
}

/// The text of a cell or of a shared text: its runs joined, without phonetic hints.
struct WorkbookText {
    private(set) var text = ""
    private var isInText = false
    private var phoneticDepth = 0

    mutating func take(_ event: XMLReader.Event, isEmpty: Bool) throws(SourceError) {
        switch event {
        case .start("t"): isInText = !isEmpty
        case .end("t"): isInText = false
        case .start("rPh"): if !isEmpty { phoneticDepth += 1 }
        case .end("rPh"): phoneticDepth -= 1
        case .text(let piece) where isInText && phoneticDepth == 0:
            guard text.utf8.count + piece.utf8.count <= CSVLimits().cellByteCount else {
                throw .damaged("a cell of the workbook is longer than 4 MiB")
            }
            text += piece
        default: break
        }
    }
}
