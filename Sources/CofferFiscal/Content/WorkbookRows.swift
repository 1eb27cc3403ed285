import CofferModel

/// The rows of a sheet as CSV, piece by piece, in the default dialect of `CSVReader`.
final class WorkbookRows {
    private let xml: WorkbookXML
    private let book: Workbook
    /// The number of the last row that was written; skipped rows are empty.
    private var rowNumber = 0
    /// The number of cells in the first row. Shorter rows are padded to it, because trailing empty cells are not
    /// stored.
    private var width = 0

    private static let pieceByteCount = 64 << 10
    /// The maximum number of consecutive empty rows to write; a larger gap is treated as damage.
    private static let emptyRowCount = 10_000

    init(_ xml: WorkbookXML, _ book: Workbook) throws(SourceError) {
        self.xml = xml
        self.book = book
    }

    /// Returns the next rows; nil at the end.
    func next() throws(SourceError) -> [UInt8]? {
        var piece: [UInt8] = []
        while piece.count < Self.pieceByteCount, let event = try xml.next() {
            guard case .start("row") = event else { continue }
            try appendRow(to: &piece)
        }
        return piece.isEmpty ? nil : piece
    }

    private func appendRow(to piece: inout [UInt8]) throws(SourceError) {
        let number = xml.attribute("r").flatMap { Int($0) } ?? rowNumber + 1
        let cells = xml.isEmpty ? [] : try readCells()
        guard cells.contains(where: { !$0.isEmpty }) else { return }
        guard number > rowNumber, number - rowNumber <= Self.emptyRowCount else {
            throw .damaged("the rows of the workbook are not in order, or too far apart")
        }
        for _ in (rowNumber + 1)..<number { piece.append(10) }
        rowNumber = number
        if width == 0 { width = cells.count }
        for index in 0..<max(width, cells.count) {
            if index > 0 { piece.append(UInt8(ascii: ",")) }
            guard index < cells.count, !cells[index].isEmpty else { continue }
            piece.append(UInt8(ascii: "\""))
            piece += cells[index].replacing("\"", with: "\"\"").utf8
            piece.append(UInt8(ascii: "\""))
        }
        piece.append(10)
    }

    private func readCells() throws(SourceError) -> [String] {
        var cells: [String] = []
        var byteCount = 0
        while let event = try xml.next() {
            if case .end("row") = event { break }
            guard case .start("c") = event else { continue }
            let column = xml.attribute("r").flatMap(Self.column) ?? cells.count
            guard column >= cells.count, column < CSVLimits().cellCount else {
                throw .damaged("the cells of the workbook are not in order, or too many")
            }
            let cell = try readCell()
            byteCount += cell.utf8.count
            guard byteCount <= CSVLimits().rowByteCount else {
                throw .damaged("a row of the workbook is longer than 16 MiB")
            }
            guard !cell.isEmpty else { continue }
            cells += Array(repeating: "", count: column - cells.count)
            cells.append(cell)
        }
        return cells
    }

    private func readCell() throws(SourceError) -> String {
        let type = xml.attribute("t") ?? "n"
        let style = xml.attribute("s").flatMap { Int($0) }
        guard !xml.isEmpty else { return "" }
        var (value, isInValue) = ("", false)
        var text = WorkbookText()
        while let event = try xml.next() {
            switch event {
            case .end("c"): return self.text(of: type == "inlineStr" ? text.text : value, type, style)
            case .start("v"): isInValue = !xml.isEmpty
            case .end("v"): isInValue = false
            case .text(let piece) where isInValue:
                guard value.utf8.count + piece.utf8.count <= CSVLimits().cellByteCount else {
                    throw .damaged("a cell of the workbook is longer than 4 MiB")
                }
                value += piece
            default: try text.take(event, isEmpty: xml.isEmpty)
            }
        }
        return ""
    }

    private func text(of value: String, _ type: String, _ style: Int?) -> String {
        switch type {
        case "s":
            guard let index = Int(value), book.sharedTexts.indices.contains(index) else { return "" }
            return book.sharedTexts[index]
        case "b": return value == "1" ? "true" : value == "0" ? "false" : value
        case "n":
            guard let style, book.dateStyles.indices.contains(style), let kind = book.dateStyles[style],
                let number = Double(value),
                let date = WorkbookDate.text(number, kind, from1904: book.beginsIn1904)
            else { return value }
            return date
        default: return value
        }
    }

    /// Returns the column of a reference such as `B3`, counted from 0.
    private static func column(_ reference: String) -> Int? {
        let letters = reference.utf8.prefix { (65...90).contains($0) }
        guard (1...3).contains(letters.count) else { return nil }
        return letters.reduce(0) { $0 * 26 + Int($1) - 64 } - 1
    }
}

/// The rows of a sheet as a file. Read by one task at a time.
final class WorkbookFile: PackageFile, @unchecked Sendable {
    let information = FileInformation(byteCount: nil, etag: nil, isDecoded: true)
    private let archive: ZipArchive
    private let sheet: WorkbookSheet
    // Calls never overlap: a file is read by one task at a time.
    private var rows: WorkbookRows?

    init(_ archive: ZipArchive, _ sheet: WorkbookSheet) {
        self.archive = archive
        self.sheet = sheet
    }

    func next() async throws(SourceError) -> [UInt8]? {
        try await onThread { [self] () throws(SourceError) in
            if rows == nil { rows = try Workbook(archive).open(sheet) }
            return try rows?.next()
        }
    }
}
