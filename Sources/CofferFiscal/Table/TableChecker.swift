/// Checks the rows of one table: its header, and the types and constraints of the cells. Also collects keys to compare
/// later.
struct TableChecker {
    private let resource: Resource
    private let schema: TableSchema?
    private let checksKeys: Bool
    var findings: Findings
    var keys: TableKeys

    private var hasHeader = false
    private var expectsHeader: Bool
    private let headerRow: Int
    private let commentRows: Set<Int>
    private var columnCount = 0
    private var header: [String] = []
    private var plans: [ColumnPlan] = []
    /// The plan of each field's column; nil for a field without a column.
    private(set) var plansByField: [ColumnPlan?] = []
    /// The locations of the rows, for findings made later.
    private(set) var locations: RowLocations
    private(set) var rowCount = 0
    /// Whether the rows use another delimiter, so that none of them is checked.
    private(set) var isHalted = false
    /// Whether the delimiter is still to be checked; true until the first row was seen.
    private var looksAtDelimiter = true
    /// A possible other delimiter of the header, to be confirmed by the first row.
    private var suspect: (delimiter: UInt8, count: Int)?
    /// Whether the next row is the first one of a file after the first, which may repeat the header.
    private var mayRepeatHeader = false
    /// Columns in which numbers with surrounding spaces were found.
    private var spacedColumns: Set<Int> = []
    /// Why a key could not be stored; reading stops.
    private(set) var failure: SourceError?

    init(_ resource: Resource, keys: TableKeys, findings: Findings) {
        self.resource = resource
        self.findings = findings
        self.keys = keys
        schema = resource.schema
        checksKeys = !keys.isEmpty
        expectsHeader = resource.dialect.hasHeader
        headerRow = resource.dialect.headerRow
        commentRows = resource.dialect.commentRows
        locations = RowLocations(resource: resource.name)
        if !expectsHeader, let schema {
            columnCount = schema.fields.count
            plan(Array(schema.fields.indices), schema)
        }
    }

    /// Starts a file of the table. The first file has a header, and the others may repeat it.
    mutating func begin(_ file: String) {
        locations.begin(file)
        mayRepeatHeader = hasHeader
    }

    /// Starts rows that are stored in the descriptor.
    mutating func beginInline() { locations.begin(PackagePath.descriptor.description, hasLines: false) }

    mutating func end(_ fault: CSVFault?, _ lineEnds: LineEnds, hadByteOrderMark: Bool) {
        let start = locations.file(line: 1)
        if hadByteOrderMark {
            findings.add(
                .byteOrderMark, start,
                "the file begins with a byte order mark, which some readers read as text: remove it")
        }
        if lineEnds != .lf, lineEnds != .crlf, lineEnds != .cr, !lineEnds.isEmpty {
            findings.add(.lineEnds, start, "the rows have different line ends: use only one of CR LF, LF and CR")
        }
        guard let fault else { return }
        let rule: Rule = if case .unclosedQuote = fault { .quoting } else { .rowSize }
        findings.add(rule, locations.row(fault.row, fault.line), fault.reason)
    }

    /// Checks the complete table after its last file.
    mutating func finish() {
        if isHalted { return }
        if expectsHeader, !hasHeader {
            let reason =
                headerRow == 1
                ? "is empty, but a header is expected" : "has no row \(headerRow), where the header is expected"
            findings.add(.headerMissing, locations.file(line: 1), "the file \(reason)")
        } else if rowCount == 0 {
            findings.add(.rows, locations.file(line: nil), "the table has no rows")
        }
    }

    // MARK: Rows

    mutating func take(_ row: CSVRow) {
        if isHalted || isPassedOver(row) { return }
        if looksAtDelimiter, hasOtherDelimiter(row) { return }
        if mayRepeatHeader, !row.isBlank {
            mayRepeatHeader = false
            if isHeaderAgain(row) { return }
        }
        if !row.traits.subtracting([.quoted, .escaped]).isEmpty { reportTraits(row) }
        if row.mayHaveNonASCII { checkEncoding(row) }
        if expectsHeader, !hasHeader { return takeHeader(row) }
        if row.isBlank, columnCount != 1 {
            findings.add(.rowBlank, locations.row(row.number, row.line), "the row is empty")
            return
        }
        rowCount += 1
        locations.meet(row)
        if row.count != columnCount { reportCount(row) }
        checkCells(row)
        if checksKeys { takeKeys(row) }
    }

    private func isPassedOver(_ row: CSVRow) -> Bool {
        if expectsHeader, !hasHeader, row.number < headerRow { return true }
        return !commentRows.isEmpty && commentRows.contains(row.number)
    }

    /// Checks the delimiter of the header and of the first row.
    private mutating func hasOtherDelimiter(_ row: CSVRow) -> Bool {
        let check = DelimiterCheck(schema, resource.dialect)
        var found: UInt8?
        if expectsHeader, !hasHeader {
            found = check.delimiter(ofHeader: row)
            if found == nil { suspect = check.suspect(ofHeader: row) }
            looksAtDelimiter = suspect != nil
        } else {
            looksAtDelimiter = false
            if let suspect, check.confirms(suspect, row) { found = suspect.delimiter }
            if !expectsHeader { found = check.delimiter(ofFirst: row) }
        }
        guard let found else { return false }
        isHalted = true
        findings.add(.delimiter, locations.row(row.number, row.line), check.message(found))
        return true
    }

    /// Whether the first row of a further file repeats the header; a different order is an error.
    private mutating func isHeaderAgain(_ row: CSVRow) -> Bool {
        guard row.count == header.count else { return false }
        let isCaseSensitive = resource.dialect.isHeaderCaseSensitive
        let fold = { (name: String) in isCaseSensitive ? name : name.lowercased() }
        let (own, first) = (row.names.map(fold), header.map(fold))
        if own == first { return true }
        guard own.sorted() == first.sorted() else { return false }
        findings.add(
            .headerOrder, locations.row(row.number, row.line),
            "the columns of this file are in a different order than in the first file")
        return true
    }

    private mutating func takeHeader(_ row: CSVRow) {
        hasHeader = true
        columnCount = row.count
        header = row.names
        guard let schema else {
            return reportHeader(HeaderCheck(header).findings, row)
        }
        let check = HeaderCheck(header, schema, isCaseSensitive: resource.dialect.isHeaderCaseSensitive)
        reportHeader(check.findings, row)
        plan(check.fields, schema)
    }

    private mutating func reportHeader(_ found: [HeaderCheck.Found], _ row: CSVRow) {
        for finding in found {
            let location = locations.cell(row.number, row.line, finding.column, finding.column.map { header[$0] })
            findings.add(finding.rule, location, finding.message)
        }
    }

    /// Plans the checks of the columns. Of columns mapped to the same field, only the first is checked.
    private mutating func plan(_ fields: [Int?], _ schema: TableSchema) {
        var planned: Set<Int> = []
        for (column, field) in fields.enumerated() {
            guard let field, planned.insert(field).inserted else { continue }
            plans.append(ColumnPlan(column: column, field: field, schema: schema, dialect: resource.dialect))
        }
        plansByField = Array(repeating: nil, count: schema.fields.count)
        for plan in plans { plansByField[plan.field] = plan }
    }

    private mutating func checkCells(_ row: CSVRow) {
        // Borrowed, to avoid reference counting for every cell.
        let plans = plans
        let span = plans.span
        for index in span.indices where span[index].column < row.count {
            check(row[span[index].column], span[index], row)
        }
    }

    private mutating func check(_ cell: Cell, _ plan: ColumnPlan, _ row: CSVRow) {
        if plan.isMissing(cell) {
            if plan.constraints.isRequired {
                report(.required, plan, row, "the cell is missing, but the field is required")
            }
            return
        }
        if plan.constraints.isEmpty {
            switch plan.verdict(cell) {
            case .accepted: break
            case .spaced: reportSpaces(cell, plan, row)
            case .refused: reportType(cell, plan, row)
            }
            return
        }
        guard let value = plan.reader.read(cell) else { return reportType(cell, plan, row) }
        if plan.isSpaced(cell) { reportSpaces(cell, plan, row) }
        for violation in plan.constraints.violations(cell, value) {
            report(violation.rule, plan, row, "\(quoted(String(decoding: cell, as: UTF8.self))) \(violation.reason)")
        }
    }

    private mutating func reportType(_ cell: Cell, _ plan: ColumnPlan, _ row: CSVRow) {
        report(.type, plan, row, "\(quoted(String(decoding: cell, as: UTF8.self))) is not \(plan.reader.expected)")
    }

    /// Reports the first such cell of each column, and counts the others.
    private mutating func reportSpaces(_ cell: Cell, _ plan: ColumnPlan, _ row: CSVRow) {
        guard spacedColumns.insert(plan.column).inserted else { return findings.count(.numberSpace) }
        report(
            .numberSpace, plan, row,
            "there are spaces around the number \(quoted(String(decoding: cell, as: UTF8.self))), which some readers "
                + "therefore read as text: remove them")
    }

    private mutating func report(_ rule: Rule, _ plan: ColumnPlan, _ row: CSVRow, _ message: @autoclosure () -> String)
    {
        findings.add(rule, locations.cell(row.number, row.line, plan.column, plan.name), message())
    }

    // MARK: Errors in the text

    private mutating func reportCount(_ row: CSVRow) {
        let rule: Rule = row.count < columnCount ? .rowShort : .rowLong
        let cells = "\(row.count) cell\(row.count == 1 ? "" : "s")"
        findings.add(
            rule, locations.row(row.number, row.line),
            "the row has \(cells), but the \(expectsHeader ? "header" : "schema") has \(columnCount)")
    }

    private mutating func reportTraits(_ row: CSVRow) {
        for index in 0..<row.count {
            let traits = row.traits(of: index)
            let location = locations.cell(row.number, row.line, index, name(of: index))
            if traits.contains(.nul) { findings.add(.nulByte, location, "the cell contains a NUL character") }
            if traits.contains(.malformed) {
                findings.add(.quoting, location, "there is text after the cell's closing quote")
            }
            if traits.contains(.strayQuote) {
                findings.add(.strayQuote, location, "the cell contains a quote, but is not quoted")
            }
            if traits.contains(.tooLong) { findings.add(.cellSize, location, "the cell is longer than 4 MiB") }
        }
    }

    private mutating func checkEncoding(_ row: CSVRow) {
        for index in 0..<row.count where !Self.isUTF8(row[index]) {
            findings.add(
                .textEncoding, locations.cell(row.number, row.line, index, name(of: index)),
                "the cell is not valid text in the encoding \(quoted(resource.encoding))")
        }
    }

    private func name(of column: Int) -> String? { column < header.count ? header[column] : nil }

    private static func isUTF8(_ cell: Cell) -> Bool {
        // Only whether the cell is valid matters, not where it is not.
        (try? UTF8Span(validating: Span(_unsafeElements: cell))) != nil
    }

    // MARK: Keys

    private mutating func takeKeys(_ row: CSVRow) {
        let position = locations.position(row)
        do throws(SourceError) {
            let missing = try keys.take(row, plans, position)
            if missing, let schema {
                let names = schema.primaryKey.map { quoted(schema.fields[$0].name) }.joined(separator: ", ")
                findings.add(
                    .primaryKey, locations.row(row.number, row.line), "a cell of the primary key \(names) is missing")
            }
        } catch {
            failure = error
        }
    }
}
