/// The dialect of a text, guessed from its first rows.
struct DialectGuess {
    private(set) var dialect = CSVDialect()

    /// - Parameters:
    ///   - sample: the beginning of the text, in UTF-8.
    ///   - isWhole: whether the sample is the complete text, so that its last row is complete as well.
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

    /// Returns the delimiter declared for Excel by a first row such as `sep=;`.
    private static func toldDelimiter(_ sample: [UInt8]) -> UInt8? {
        let row = Array(sample.prefix { $0 != 10 && $0 != 13 })
        guard row.count == 5, row.starts(with: Array("sep=".utf8)), row[4] < 128, row[4] != UInt8(ascii: "\"") else {
            return nil
        }
        return row[4]
    }
}

/// The first rows of a text, split by a candidate delimiter.
private struct SampleRows {
    private var rows: [Row] = []
    /// Whether every cell except the first of a row begins with a space.
    private(set) var areSpaced = true

    private struct Row {
        let number: Int
        let cellCount: Int
        /// The number of cells that are not empty.
        let filledCount: Int
        let beginsWithNumber: Bool

        /// Whether it may be a header: every cell has a name, and the first is not a number.
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
            // The rows before the error are sufficient.
            areSpaced = false
        }
        self.rows = rows
        self.areSpaced = areSpaced && rows.contains { $0.cellCount > 1 }
    }

    /// The share of rows with as many cells as the header, and the number of these cells; the best delimiter ranks
    /// highest.
    var rank: (agreement: Double, cellCount: Int) {
        guard let first = rows[header...].first, first.cellCount > 1 else { return (0, 1) }
        return (Double(rows.count { $0.cellCount == first.cellCount }) / Double(rows.count), first.cellCount)
    }

    var headerRow: Int { header < rows.count ? rows[header].number : 1 }

    /// The index of the header. Rows before it with a single cell, or with only the first cell filled, are a title, if
    /// the row that follows may be a header and the rows after it have as many cells.
    private var header: Int {
        let place = rows.firstIndex { $0.filledCount > 1 } ?? 0
        guard place > 0, place < rows.count - 1, rows[place].isHeader else { return 0 }
        let isPadded = rows[..<place].contains { $0.cellCount > 1 }
        let areAlike = rows[place...].allSatisfy { $0.cellCount == rows[place].cellCount }
        return areAlike && (!isPadded || rows[place].cellCount > 2) ? place : 0
    }
}
