import CofferModel

/// A table that stands in the descriptor, as the text that a file would have.
struct InlineTable {
    /// nil if it is no table.
    let text: [UInt8]?

    /// Whether it is CSV, or an array of nothing but arrays or nothing but objects.
    static func isTable(_ node: DescriptorNode) -> Bool {
        if node.value.string != nil { return true }
        guard let rows = node.value.array, !rows.isEmpty else { return false }
        return rows.allSatisfy { $0.array != nil } || rows.allSatisfy { $0.object != nil }
    }

    init(_ node: DescriptorNode, fields: [String]) {
        if let text = node.value.string {
            self.text = Array(text.utf8)
            return
        }
        let rows = node.value.array ?? []
        if !rows.isEmpty, rows.allSatisfy({ $0.array != nil }) {
            text = Self.text(rows.map { $0.array ?? [] })
        } else if !rows.isEmpty, rows.allSatisfy({ $0.object != nil }) {
            let names = fields.isEmpty ? node.document.index.names["\(node.pointer)/0"] ?? [] : fields
            let cells = rows.map { row in names.map { row.object?[$0] ?? .null } }
            text = Self.text([names.map(JSONValue.string)] + cells)
        } else {
            text = nil
        }
    }

    private static func text(_ rows: [[JSONValue]]) -> [UInt8] {
        var text: [UInt8] = []
        for row in rows {
            for (index, value) in row.enumerated() {
                if index > 0 { text.append(UInt8(ascii: ",")) }
                guard let cell = value.cellText else { continue }
                text.append(UInt8(ascii: "\""))
                text += cell.replacing("\"", with: "\"\"").utf8
                text.append(UInt8(ascii: "\""))
            }
            text.append(10)
        }
        return text
    }
}
