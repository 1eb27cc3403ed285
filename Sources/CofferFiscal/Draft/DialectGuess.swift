/// The dialect of a text, by its first rows.
struct DialectGuess {
    private(set) var dialect = CSVDialect()

    private static let rowCount = 20

    /// - Parameters:
    ///   - sample: the beginning of the text, in UTF-8.
    ///   - isWhole: whether it is all of it, so that its last row is one as well.
    init(_ sample: [UInt8], isWhole: Bool) {
        if let delimiter = Self.toldDelimiter(sample) {
            dialect.delimiter = delimiter
            dialect.headerRow = 2
        } else {
            dialect.delimiter = Self.delimiter(of: sample, isWhole)
        }
    }

    /// Whether the text begins with the row by which Excel is told the delimiter; then the header is the second one.
    var hasDelimiterRow: Bool { dialect.headerRow > 1 }

    /// What `sep=;` says, alone in the first row.
    private static func toldDelimiter(_ sample: [UInt8]) -> UInt8? {
        let row = Array(sample.prefix { $0 != 10 && $0 != 13 })
        guard row.count == 5, row.starts(with: Array("sep=".utf8)), row[4] < 128, row[4] != UInt8(ascii: "\"") else {
            return nil
        }
        return row[4]
    }

    /// The character that parts the most rows into as many cells as the first one, and of several the one that makes more
    /// cells.
    private static func delimiter(of sample: [UInt8], _ isWhole: Bool) -> UInt8 {
        var best = (byte: UInt8(ascii: ","), agreement: 0.0, cells: 1)
        for byte in ",;\t|".utf8 {
            let counts = cellCounts(sample, isWhole, byte)
            guard let first = counts.first, first > 1 else { continue }
            let agreement = Double(counts.count { $0 == first }) / Double(counts.count)
            if (agreement, first) > (best.agreement, best.cells) { best = (byte, agreement, first) }
        }
        return best.byte
    }

    private static func cellCounts(_ sample: [UInt8], _ isWhole: Bool, _ delimiter: UInt8) -> [Int] {
        var dialect = CSVDialect()
        dialect.delimiter = delimiter
        var reader = CSVReader(dialect)
        var counts: [Int] = []
        let take = { (row: CSVRow) in if counts.count < rowCount, !row.isBlank { counts.append(row.count) } }
        do throws(CSVFault) {
            try reader.append(sample, row: take)
            if isWhole { try reader.finish(row: take) }
        } catch {
            // What was read before it cannot be read on tells enough.
            return counts
        }
        return counts
    }
}
