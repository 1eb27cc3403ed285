import CofferModel

/// A table that stands in the descriptor, as the text that a file would have.
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

    /// - Parameter dialect: that of the resource, which a text is written in; what is no text has its own.
    init(_ node: DescriptorNode, fields: [String], _ dialect: CSVDialect) {
        var written = CSVDialect()
        written.nullSequence = dialect.nullSequence
        (written.hasHeader, written.headerRow, written.commentRows) = (
            dialect.hasHeader, dialect.headerRow, dialect.commentRows
        )
        if let text = node.value.string {
            (self.text, self.dialect) = (Array(text.utf8), dialect)
        } else if let rows = node.value.array, !rows.isEmpty, rows.allSatisfy({ $0.object != nil }) {
            let names = fields.isEmpty ? rows[0].object?.members.map(\.name) ?? [] : fields
            (written.hasHeader, written.headerRow, written.commentRows) = (true, 1, [])
            self.dialect = written
            text = Self.text(names, node)
        } else if Self.isTable(node) {
            (text, self.dialect) = (Self.text(node), written)
        } else {
            (text, self.dialect) = (nil, written)
        }
    }

    /// A header, and a row for each object.
    private static func text(_ names: [String], _ node: DescriptorNode) -> [UInt8] {
        var text: [UInt8] = []
        for (index, name) in names.enumerated() { append(name, at: index, to: &text) }
        text.append(10)
        for row in node.items {
            for (index, name) in names.enumerated() { append(row[name]?.cellText, at: index, to: &text) }
            text.append(10)
        }
        return text
    }

    private static func text(_ node: DescriptorNode) -> [UInt8] {
        var text: [UInt8] = []
        for row in node.items {
            for (index, cell) in row.items.enumerated() { append(cell.cellText, at: index, to: &text) }
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
