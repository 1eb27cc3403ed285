/// The dialect of a text, by its first rows.
struct DialectGuess {
    private(set) var dialect = CSVDialect()

    /// - Parameters:
    ///   - sample: the beginning of the text, in UTF-8.
    ///   - isWhole: whether it is all of it, so that its last row is one as well.
    init(_ sample: [UInt8], isWhole: Bool) {
        if let delimiter = Self.toldDelimiter(sample) {
            dialect.delimiter = delimiter
            dialect.headerRow = 2
            return
        }
        let rows = ",;\t|".utf8.map { ($0, SampleRows(sample, isWhole, delimiter: $0)) }
        guard let best = rows.max(by: { $0.1.rank < $1.1.rank }), best.1.rank > (0, 1) else { return }
        dialect.delimiter = best.0
        dialect.headerRow = best.1.headerRow
        dialect.skipsInitialSpace = best.1.areSpaced
    }

    /// What `sep=;` says, alone in the first row, by which Excel is told.
    private static func toldDelimiter(_ sample: [UInt8]) -> UInt8? {
        let row = Array(sample.prefix { $0 != 10 && $0 != 13 })
        guard row.count == 5, row.starts(with: Array("sep=".utf8)), row[4] < 128, row[4] != UInt8(ascii: "\"") else {
            return nil
        }
        return row[4]
    }
}

/// The first rows of a text, parted by a delimiter that may be the right one.
private struct SampleRows {
    private var rows: [Row] = []
    /// Whether every cell but the first of a row begins with a space.
    private(set) var areSpaced = true

    private struct Row {
        let number: Int
        let cellCount: Int
        /// Cells with something in them.
        let filledCount: Int
        let beginsWithNumber: Bool

        /// Whether it may be a header: a name in each cell, of which the first is no number.
        var isHeader: Bool { cellCount > 1 && filledCount == cellCount && !beginsWithNumber }
    }

    private static let count = 20

    init(_ sample: [UInt8], _ isWhole: Bool, delimiter: UInt8) {
        var dialect = CSVDialect()
        dialect.delimiter = delimiter
        var reader = CSVReader(dialect)
        var rows: [Row] = []
        var areSpaced = true
        let take = { (row: CSVRow) in
            guard rows.count < Self.count, !row.isBlank else { return }
            rows.append(
                Row(
                    number: row.number, cellCount: row.count,
                    filledCount: (0..<row.count).count { !row[$0].isEmpty },
                    beginsWithNumber: NumberFormat.plainNumber(row[0]) != nil))
            areSpaced = areSpaced && (1..<max(1, row.count)).allSatisfy { row[$0].first == UInt8(ascii: " ") }
        }
        do throws(CSVFault) {
            try reader.append(sample, row: take)
            if isWhole { try reader.finish(row: take) }
        } catch {
            // What was read before it cannot be read on tells enough.
            areSpaced = false
        }
        self.rows = rows
        self.areSpaced = areSpaced && rows.contains { $0.cellCount > 1 }
    }

    /// How many of the rows have as many cells as the header, and how many these are; delimiters are ordered by it.
    var rank: (agreement: Double, cellCount: Int) {
        guard let first = rows[header...].first, first.cellCount > 1 else { return (0, 1) }
        return (Double(rows.count { $0.cellCount == first.cellCount }) / Double(rows.count), first.cellCount)
    }

    var headerRow: Int { header < rows.count ? rows[header].number : 1 }

    /// The header's place among the rows. Rows before it that have one cell, or nothing but their first one, are a title,
    /// if a row follows that may be a header and those behind it have as many cells.
    private var header: Int {
        let place = rows.firstIndex { $0.filledCount > 1 } ?? 0
        guard place > 0, place < rows.count - 1, rows[place].isHeader else { return 0 }
        let isPadded = rows[..<place].contains { $0.cellCount > 1 }
        let areAlike = rows[place...].allSatisfy { $0.cellCount == rows[place].cellCount }
        return areAlike && (!isPadded || rows[place].cellCount > 2) ? place : 0
    }
}
