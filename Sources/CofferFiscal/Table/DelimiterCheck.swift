import CofferModel

/// Detects that a table uses a different delimiter than the descriptor states, because a row has only one cell, or no
/// names of fields.
struct DelimiterCheck {
    private let schema: TableSchema?
    private let dialect: CSVDialect

    init(_ schema: TableSchema?, _ dialect: CSVDialect) {
        self.schema = schema
        self.dialect = dialect
    }

    private static let candidates = Array(",;\t|".utf8)

    /// Returns the actual delimiter of a header, if it is clearly a different one.
    func delimiter(ofHeader row: CSVRow) -> UInt8? {
        guard let schema, schema.fields.count > 1, !isOneText(row) else { return nil }
        let names = Set(schema.fields.map { Self.folded($0.name) })
        guard !row.names.contains(where: { names.contains(Self.folded($0)) }) else { return nil }
        return others.first { delimiter in
            let cells = Self.cells(row, delimiter, dialect)
            let known = cells.count { names.contains(Self.folded($0)) }
            return known >= 2 && known * 2 >= names.count || row.count == 1 && cells.count == schema.fields.count
        }
    }

    /// Returns the actual delimiter of the first row of a table without a header.
    func delimiter(ofFirst row: CSVRow) -> UInt8? {
        guard let count = schema?.fields.count, count > 1, row.count == 1, !isOneText(row) else { return nil }
        return others.first { Self.cells(row, $0, dialect).count == count }
    }

    /// Returns the delimiter that splits a one-cell header into several names, and the number of names.
    func suspect(ofHeader row: CSVRow) -> (delimiter: UInt8, count: Int)? {
        guard schema == nil, row.count == 1, !isOneText(row) else { return nil }
        for delimiter in others {
            let cells = Self.cells(row, delimiter, dialect)
            if cells.count > 1, cells.allSatisfy({ !$0.isEmpty }) { return (delimiter, cells.count) }
        }
        return nil
    }

    /// Whether a row split by the delimiter has as many cells as the header.
    func confirms(_ suspect: (delimiter: UInt8, count: Int), _ row: CSVRow) -> Bool {
        Self.cells(row, suspect.delimiter, dialect).count == suspect.count
    }

    /// Returns the message of the finding.
    func message(_ delimiter: UInt8) -> String {
        let (own, other) = (Self.text(dialect.delimiter), Self.text(delimiter))
        return
            "the delimiter seems to be \(other), but the descriptor says \(own): set \"dialect\": {\"delimiter\": "
            + "\(other)}; no row is checked"
    }

    private var others: [UInt8] { Self.candidates.filter { $0 != dialect.delimiter } }

    /// Whether the row is one quoted cell, which no delimiter splits.
    private func isOneText(_ row: CSVRow) -> Bool {
        row.count == 1 && row.traits(of: 0).contains(.quoted) && !row.traits(of: 0).contains(.malformed)
    }

    private static func text(_ delimiter: UInt8) -> String {
        delimiter == 9 ? "\"\\t\" (a tab)" : "\"\(UnicodeScalar(delimiter))\""
    }

    private static func folded(_ name: String) -> ExactText {
        ExactText(name.trimming { $0.isWhitespace }.lowercased())
    }

    /// Returns the cells that the row would have with another delimiter.
    private static func cells(_ row: CSVRow, _ delimiter: UInt8, _ dialect: CSVDialect) -> [String] {
        guard let first = row.cells.first, let last = row.cells.last else { return [] }
        var other = dialect
        other.delimiter = delimiter
        (other.comment, other.escape) = (nil, nil)
        var reader = CSVReader(other)
        var cells: [String] = []
        let text = Array(UnsafeBufferPointer(start: row.bytes + first.start, count: max(0, last.end - first.start)))
        let take = { (row: CSVRow) in
            if cells.isEmpty { cells = row.names }
        }
        do throws(CSVFault) {
            try reader.append(text, row: take)
            try reader.finish(row: take)
        } catch {
            return []
        }
        return cells
    }
}
