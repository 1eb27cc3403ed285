/// The locations of a table's rows, even if the table consists of several files.
struct RowLocations: Sendable {
    private let resource: String
    private var files: [File] = []
    private var lastRow = 0
    private var lastLine = 0

    private struct File {
        let path: String
        /// The number of rows in the preceding files; `lines` is the number of their lines.
        let rows: Int
        let lines: Int
        /// Whether the lines of the text correspond to those of the file.
        let hasLines: Bool
    }

    init(resource: String) { self.resource = resource }

    var hasRows: Bool { lastRow > 0 }

    /// - Parameter hasLines: false for a table inside the descriptor, whose rows are not on the lines of its text.
    mutating func begin(_ path: String, hasLines: Bool = true) {
        files.append(File(path: path, rows: lastRow, lines: lastLine, hasLines: hasLines))
    }

    mutating func meet(_ row: CSVRow) {
        guard let file = files.last else { return }
        lastRow = file.rows + row.number
        lastLine = file.lines + row.line
    }

    /// Returns the position of a row, counted across all files.
    func position(_ row: CSVRow) -> (row: UInt32, line: UInt32) {
        guard let file = files.last else { return (0, 0) }
        return (UInt32(clamping: file.rows + row.number), UInt32(clamping: file.lines + row.line))
    }

    /// Returns the location for a ``position(_:)``.
    func location(_ entry: KeyEntry) -> Finding.Location {
        guard let file = files.last(where: { $0.rows < Int(entry.row) }) else { return Finding.Location("") }
        return Finding.Location(
            file.path, resource: resource, line: file.hasLines ? Int(entry.line) - file.lines : nil,
            row: Int(entry.row) - file.rows)
    }

    // MARK: The file that is being read

    func file(line: Int?) -> Finding.Location {
        Finding.Location(files.last?.path ?? "", resource: resource, line: line)
    }

    func row(_ number: Int, _ line: Int) -> Finding.Location {
        Finding.Location(
            files.last?.path ?? "", resource: resource, line: files.last?.hasLines == true ? line : nil, row: number)
    }

    /// - Parameter column: the column, counted from 0.
    func cell(_ number: Int, _ line: Int, _ column: Int?, _ field: String?) -> Finding.Location {
        var location = row(number, line)
        location.column = column.map { $0 + 1 }
        location.field = field
        return location
    }
}
