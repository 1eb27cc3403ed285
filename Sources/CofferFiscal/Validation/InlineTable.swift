import CofferModel

/// A table that is JSON, in the descriptor or in a file of its own, as the text that a file of CSV would have.
struct InlineTable {
    /// nil if it is no table.
    let text: [UInt8]?
    /// How the text is written.
    let dialect: CSVDialect

    /// Most cells of a table of objects, each of which has one for every field: as many as a document has values.
    static let cellCount = DescriptorLoader.valueCount

    /// Whether it is CSV, or an array of nothing but arrays or nothing but objects.
    static func isTable(_ node: DescriptorNode) -> Bool {
        if node.value.string != nil { return true }
        guard let rows = node.value.array, !rows.isEmpty else { return false }
        return rows.allSatisfy { $0.array != nil } || rows.allSatisfy { $0.object != nil }
    }

    /// A table of the descriptor.
    ///
    /// - Parameter dialect: that of the resource, which a text is written in; what is no text has its own.
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

    /// How what is no text is written here.
    static func written(_ dialect: CSVDialect) -> CSVDialect {
        var written = CSVDialect()
        written.nullSequence = dialect.nullSequence
        written.isHeaderCaseSensitive = dialect.isHeaderCaseSensitive
        (written.hasHeader, written.headerRow, written.commentRows) = (
            dialect.hasHeader, dialect.headerRow, dialect.commentRows
        )
        return written
    }

    /// Rows that are arrays of cells or objects with a member for each field.
    ///
    /// - Parameters:
    ///   - hasHeader: whether the rows of objects are to have one.
    ///   - cell: the value of a field in a row that is an object.
    /// - Returns: nil if it is no list of rows.
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
