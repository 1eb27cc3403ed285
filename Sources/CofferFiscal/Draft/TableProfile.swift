import CofferModel

/// What the rows of a table have in common: its columns, and which of them are labels of others.
struct TableProfile {
    private let headerRow: Int
    private(set) var columns: [ColumnProfile] = []
    private(set) var rowCount = 0
    private var pairs: [LabelPair] = []

    /// - Parameter headerRow: from 1; what is before it is passed over.
    init(headerRow: Int) { self.headerRow = headerRow }

    mutating func take(_ row: CSVRow) {
        if columns.isEmpty { return takeHeader(row) }
        guard !row.isBlank else { return }
        rowCount += 1
        for index in 0..<min(row.count, columns.count) { columns[index].take(row[index]) }
        for index in pairs.indices { pairs[index].take(row) }
    }

    /// Whether a row is the header once more.
    func isHeader(_ row: CSVRow) -> Bool {
        row.count == columns.count
            && columns.indices.allSatisfy { columns[$0].name == String(decoding: row[$0], as: UTF8.self) }
    }

    private mutating func takeHeader(_ row: CSVRow) {
        guard row.number >= headerRow else { return }
        let names = row.names
        columns = names.map { ColumnProfile(name: $0) }
        pairs = LabelPair.candidates(names)
    }

    /// Reads a file.
    ///
    /// - Throws: ``SourceError`` if it cannot be read, or its text not.
    init(
        _ path: PackagePath, _ dialect: CSVDialect, _ encoding: String, _ packing: TableFormat.Packing = .none,
        in source: any PackageSource
    ) async throws(SourceError) {
        self.init(headerRow: dialect.headerRow)
        guard var text = TextPieces(dialect, encoding: encoding) else { throw .failed("\(encoding) is not known here") }
        let file = try await TableText(
            TappedFile(try await source.open(path)), TableFormat(packing: packing), fields: [], dialect: dialect,
            observer: { _ in })
        while let piece = try await file.next({ _ in }) { text.append(piece) { take($0) } }
        text.finish { take($0) }
        if let fault = text.fault { throw .failed("\(path), row \(fault.row): \(fault.reason)") }
    }

    /// What whoever edits the draft is to know of the columns.
    ///
    /// - Parameter described: names of columns whose fields are there already, so that nothing is guessed of them.
    func notes(of described: Set<String> = []) -> [String] {
        var notes: [String] = []
        let blanks = columns.indices.filter { columns[$0].name.isEmpty }.map { String($0 + 1) }
        if !blanks.isEmpty {
            notes.append(
                "\(blanks.count == 1 ? "column" : "columns") \(blanks.joined(separator: ", ")) without a name: name or "
                    + "delete what is not to be left out")
        }
        var seen: Set = [ExactText("")]
        let twice = columns.map(\.name).filter { !seen.insert(ExactText($0)).inserted && !$0.isEmpty }
        if !twice.isEmpty {
            notes.append(
                "several columns are called \(twice.map(quoted).joined(separator: ", ")): give each its own name")
        }
        for column in named where column.name.trimming({ $0.isWhitespace }) != column.name[...] {
            notes.append(
                "the name of the column \(quoted(column.name)) has a space at its beginning or end: delete it there, and in "
                    + "the field's name")
        }
        for column in named where !described.contains(column.name) {
            if let note = column.note { notes.append("\(quoted(column.name)) is \(note)") }
            notes += column.remarks.map { "\(quoted(column.name)): \($0)" }
        }
        return notes
    }

    /// The columns that a field can be made of: those with a name that no other one before has.
    var named: [ColumnProfile] {
        var seen: Set = [ExactText("")]
        return columns.filter { seen.insert(ExactText($0.name)).inserted }
    }

    // MARK: Labels

    /// The labels of each code, by the name of its column. A column is the label of one code at most.
    var labels: [String: [ColumnProfile]] {
        var taken: Set<Int> = []
        var labels: [String: [ColumnProfile]] = [:]
        // A column that is called a code is one before one that is only called like the label.
        let found = pairs.filter(isLabel).enumerated().sorted { left, right in
            (rank(left.element), left.offset) < (rank(right.element), right.offset)
        }
        for (_, pair) in found where !taken.contains(pair.code) && labels[columns[pair.label].name] == nil {
            guard taken.insert(pair.label).inserted else { continue }
            labels[columns[pair.code].name, default: []].append(columns[pair.label])
        }
        return labels
    }

    private func rank(_ pair: LabelPair) -> Int { ColumnName(columns[pair.code].name).isCode ? 0 : 1 }

    /// The code that tells the rows of a list of codes apart, if it is one: a table with no amounts, whose codes have labels
    /// and occur once each.
    var key: String? {
        let labels = labels
        guard !columns.contains(where: { $0.guess.isAmount && labels[$0.name] == nil }) else { return nil }
        return pairs.first { isLabel($0) && $0.isKey(rowCount: rowCount) }.map { columns[$0.code].name }
    }

    private func isLabel(_ pair: LabelPair) -> Bool {
        pair.isLabel && columns[pair.label].guess.type == .string
            && [.string, .integer].contains(columns[pair.code].guess.type)
    }
}
