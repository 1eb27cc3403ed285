import CofferModel

/// A summary of a table's rows: its columns, and which of them are labels of others.
struct TableProfile {
    private let headerRow: Int
    private(set) var columns: [ColumnProfile] = []
    private(set) var rowCount = 0
    private var pairs: [LabelPair] = []

    /// - Parameter headerRow: the header's row, counted from 1; rows before it are skipped.
    init(headerRow: Int) { self.headerRow = headerRow }

    mutating func take(_ row: CSVRow) {
        if columns.isEmpty { return takeHeader(row) }
        guard !row.isBlank else { return }
        rowCount += 1
        for index in 0..<min(row.count, columns.count) { columns[index].take(row[index]) }
        for index in pairs.indices { pairs[index].take(row) }
    }

    /// Whether a row repeats the header.
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
    /// - Throws: ``SourceError`` if the file or its text cannot be read.
    init(
        _ path: PackagePath, _ dialect: CSVDialect, _ encoding: String, _ packing: TableFormat.Packing = .none,
        in source: any PackageSource
    ) async throws(SourceError) {
        self.init(headerRow: dialect.headerRow)
        guard var text = TextPieces(dialect, encoding: encoding) else {
            throw .failed("the encoding \(encoding) is not supported")
        }
        let file = try await TableText(
            TappedFile(try await source.open(path)), TableFormat(packing: packing), fields: [], dialect: dialect,
            observer: { _ in })
        while let piece = try await file.next({ _ in }) { text.append(piece) { take($0) } }
        text.finish { take($0) }
        if let fault = text.fault { throw .failed("\(path), row \(fault.row): \(fault.reason)") }
    }

    /// Returns notes on the columns for the editor of the draft.
    ///
    /// - Parameter described: the names of columns that already have fields, for which nothing is guessed.
    func notes(of described: Set<String> = []) -> [String] {
        var notes: [String] = []
        let blanks = columns.indices.filter { columns[$0].name.isEmpty }.map { String($0 + 1) }
        if !blanks.isEmpty {
            notes.append(
                "\(blanks.count == 1 ? "column" : "columns") \(blanks.joined(separator: ", ")) without a name: add a name, "
                    + "or the column is left out")
        }
        var seen: Set = [ExactText("")]
        let twice = columns.map(\.name).filter { !seen.insert(ExactText($0)).inserted && !$0.isEmpty }
        if !twice.isEmpty {
            notes.append(
                "several columns are named \(twice.map(quoted).joined(separator: ", ")): give each its own name")
        }
        for column in named where column.name.trimming({ $0.isWhitespace }) != column.name[...] {
            notes.append(
                "the column name \(quoted(column.name)) begins or ends with a space: remove it there and in the field's "
                    + "name")
        }
        for column in named where !described.contains(column.name) {
            if let note = column.note { notes.append("\(quoted(column.name)) is \(note)") }
            notes += column.remarks.map { "\(quoted(column.name)): \($0)" }
        }
        return notes
    }

    /// The columns that can become fields: those with a name that no earlier column has.
    var named: [ColumnProfile] {
        var seen: Set = [ExactText("")]
        return columns.filter { seen.insert(ExactText($0.name)).inserted }
    }

    // MARK: Labels

    /// The labels of each code, by the name of its column. A column is the label of at most one code.
    var labels: [String: [ColumnProfile]] {
        var taken: Set<Int> = []
        var labels: [String: [ColumnProfile]] = [:]
        // A column named as a code takes precedence over one that merely shares its name with the label.
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

    /// The code that identifies the rows of a code list, if the table is one: it has no amounts, and its codes have
    /// labels and are unique.
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
