import CofferModel

/// The rows of a command's result.
struct Table: Sendable {
    /// The names of the columns, as in JSON.
    let columns: [String]
    var rows: [[String?]] = []

    /// Prints lines with aligned columns, or a JSON list of objects.
    func print(asJSON: Bool) {
        guard !asJSON else {
            let items = rows.map { row in
                JSONText.object(zip(columns, row).map { (name: $0, value: .some(JSONText($1))) })
            }
            return Swift.print(JSONText.list(items).text)
        }
        // Much of the text comes from a server.
        let rows = rows.map { $0.map { $0.map(printable) } }
        let widths = columns.indices.map { column in rows.map { $0[column]?.count ?? 1 }.max() ?? 0 }
        for row in rows {
            let cells = zip(row, widths).map { cell, width in
                let text = cell ?? "-"
                return text + String(repeating: " ", count: width - text.count)
            }
            let line = cells.joined(separator: "  ")
            Swift.print(String(line.reversed().drop { $0 == " " }.reversed()))
        }
    }
}

/// Prints one item with its properties: a line for each, or a JSON object.
func printRecord(_ members: [(name: String, value: String?)], asJSON: Bool) {
    guard !asJSON else {
        return print(JSONText.object(members.map { (name: $0.name, value: .some(JSONText($0.value))) }).text)
    }
    let width = members.map(\.name.count).max() ?? 0
    for member in members {
        guard let value = member.value, !value.isEmpty else { continue }
        print("\(member.name)\(String(repeating: " ", count: width - member.name.count))  \(printable(value))")
    }
}

/// Reports what a command did that has no result to print: a line, or a JSON object.
func report(_ line: String, _ members: [(name: String, value: String?)], _ options: Options) {
    if options.wantsJSON { printRecord(members, asJSON: true) } else { print(printable(line)) }
}
