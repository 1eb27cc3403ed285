import CofferModel

/// A table of JSON, in the descriptor or in a file, converted to CSV text.
struct InlineTable {
    /// The text; nil if the value is not a table.
    let text: [UInt8]?
    /// The dialect of the text.
    let dialect: CSVDialect

    /// The maximum number of cells in a table of objects, each of which has one for every field; the same as the
    /// maximum number of values in a document.
    static let cellCount = DescriptorDocument.valueLimit

    /// Whether the value is CSV text, or an array of only arrays or only objects.
    static func isTable(_ node: DescriptorNode) -> Bool {
        if node.value.string != nil { return true }
        guard let rows = node.value.array, !rows.isEmpty else { return false }
        return rows.allSatisfy { $0.array != nil } || rows.allSatisfy { $0.object != nil }
    }

    /// Converts a table of the descriptor.
    ///
    /// - Parameter dialect: the resource's dialect, in which text is written; other values are converted with a dialect
    ///   of their own.
    init(_ node: DescriptorNode, fields: [String], _ dialect: CSVDialect) {
        var written = Self.written(dialect)
        if let text = node.value.string {
            (self.text, self.dialect) = (Array(text.utf8), dialect)
            return
        }
        if node.value.array?.first?.array == nil {
            (written.hasHeader, written.headerRow, written.commentRows) = (true, 1, [])
        }
        text = Self.text(node, fields, hasHeader: written.hasHeader)
        self.dialect = written
    }

    /// Returns the dialect of the text that is generated from values other than text.
    static func written(_ dialect: CSVDialect) -> CSVDialect {
        var written = CSVDialect()
        written.nullSequence = dialect.nullSequence
        written.isHeaderCaseSensitive = dialect.isHeaderCaseSensitive
        (written.hasHeader, written.headerRow, written.commentRows) = (
            dialect.hasHeader, dialect.headerRow, dialect.commentRows
        )
        return written
    }

    /// Converts rows that are arrays of cells, or objects with a member for each field.
    ///
    /// - Parameters:
    ///   - hasHeader: whether to add a header to rows of objects.
    ///   - cell: returns the value of a field in a row that is an object.
    /// - Returns: nil if the value is not a list of rows.
    static func text(
        _ node: DescriptorNode, _ fields: [String], hasHeader: Bool,
        cell: ([String: DescriptorNode], String) -> DescriptorNode? = { $0[$1] }
    ) -> [UInt8]? {
        guard let rows = node.value.array else { return nil }
        if !rows.isEmpty, rows.allSatisfy({ $0.array != nil }) {
            return text(node.items.map { $0.items.map(\.wholeCellText) })
        }
        guard rows.allSatisfy({ $0.object != nil }), !rows.isEmpty || !fields.isEmpty else { return nil }
        let names = fields.isEmpty ? rows[0].object?.members.map(\.name) ?? [] : fields
        let cells = node.items.map { row in
            let members = Dictionary(row.members.map { ($0.name, $0.node) }, uniquingKeysWith: { first, _ in first })
            return names.map { cell(members, $0)?.wholeCellText }
        }
        return text((hasHeader ? [names] : []) + cells)
    }

    private static func text(_ rows: [[String?]]) -> [UInt8] {
        var text: [UInt8] = []
        for row in rows {
            for (index, cell) in row.enumerated() { append(cell, at: index, to: &text) }
            text.append(10)
        }
        return text
    }

    private static func append(_ cell: String?, at index: Int, to text: inout [UInt8]) {
        if index > 0 { text.append(UInt8(ascii: ",")) }
        guard let cell else { return }
        let quote = UInt8(ascii: "\"")
        text.append(quote)
        if cell.utf8.contains(quote) {
            for byte in cell.utf8 {
                if byte == quote { text.append(quote) }
                text.append(byte)
            }
        } else {
            text += cell.utf8
        }
        text.append(quote)
    }
}
