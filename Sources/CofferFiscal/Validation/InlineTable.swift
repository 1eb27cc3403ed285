import CofferModel

/// A table that stands in the descriptor, as the text that a file would have.
struct InlineTable {
    /// nil if it is no table.
    let text: [UInt8]?
    /// How the text is written.
    let dialect: CSVDialect

    /// Most cells of a table of objects, each of which has one for every field.
    static let cellCount = 4 << 20

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
            text = Self.text([names] + node.items.map { row in Self.cells(row, names) })
        } else if Self.isTable(node) {
            (text, self.dialect) = (Self.text(node.items.map { $0.items.map(\.cellText) }), written)
        } else {
            (text, self.dialect) = (nil, written)
        }
    }

    private static func cells(_ row: DescriptorNode, _ names: [String]) -> [String?] {
        let cells = Dictionary(row.members.map { ($0.name, $0.node) }, uniquingKeysWith: { first, _ in first })
        return names.map { cells[$0]?.cellText }
    }

    private static func text(_ rows: [[String?]]) -> [UInt8] {
        var text: [UInt8] = []
        for row in rows {
            for (index, cell) in row.enumerated() {
                if index > 0 { text.append(UInt8(ascii: ",")) }
                guard let cell else { continue }
                text.append(UInt8(ascii: "\""))
                text += cell.replacing("\"", with: "\"\"").utf8
                text.append(UInt8(ascii: "\""))
            }
            text.append(10)
        }
        return text
    }
}
