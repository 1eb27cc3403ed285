/// A table of a derived database while its rows are inserted.
final class DerivedTable {
    let name: String
    let columns: [DerivedColumn]
    private let schema: TableSchema
    private let normalized: [Int]
    private let statement: DerivedStatement
    private(set) var rowCount = 0
    /// The number of cells that are not of their type. In numeric columns they become NULL, since SQLite would convert
    /// text that looks like a number, and use a numeric prefix of other text in a sum; in text columns they keep their
    /// text.
    private(set) var untypedCount = 0
    /// The error of SQLite, after which no rows are inserted.
    private(set) var failure: PackageError?

    init(
        name: String, _ columns: DerivedColumns, _ schema: TableSchema, of resource: String,
        in database: DerivedDatabase
    ) throws(PackageError) {
        self.name = name
        self.columns = columns.columns
        self.schema = schema
        normalized = columns.normalized
        try database.execute(try Self.definition(name, columns.columns, resource, database))
        let places = Array(repeating: "?", count: columns.columns.count).joined(separator: ", ")
        statement = try database.statement("INSERT INTO \(DerivedDatabase.quoted(name)) VALUES (\(places))")
    }

    /// Returns the statement that creates the table.
    ///
    /// - Throws: ``PackageError/table(resource:field:reason:)`` if SQLite cannot have such a table.
    private static func definition(
        _ name: String, _ columns: [DerivedColumn], _ resource: String, _ database: DerivedDatabase
    ) throws(PackageError) -> String {
        let limit = database.columnLimit
        guard columns.count <= limit else {
            throw .table(
                resource: resource, field: nil,
                reason:
                    "it has \(columns.count) columns, but a table in SQLite has at most \(limit): split it into several "
                    + "resources")
        }
        if let column = columns.first(where: { $0.name.utf8.contains(0) }) {
            throw .table(
                resource: resource, field: column.name,
                reason: "a column name in SQLite cannot contain a NUL character: rename the field")
        }
        let definitions = columns.map { "\(DerivedDatabase.quoted($0.name)) \($0.sqlType)" }
        return "CREATE TABLE \(DerivedDatabase.quoted(name)) (\(definitions.joined(separator: ", ")))"
    }

    /// Inserts a row of the file.
    ///
    /// - Parameter plans: the columns of the file, by field; nil for a field without a column.
    func take(_ row: CSVRow, _ plans: [ColumnPlan?]) {
        guard failure == nil else { return }
        if normalized.isEmpty { return insert(row, plans, of: nil) }
        for field in normalized { insert(row, plans, of: field) }
    }

    private func insert(_ row: CSVRow, _ plans: [ColumnPlan?], of field: Int?) {
        for (index, column) in columns.enumerated() { bind(column, row, plans, of: field, at: Int32(index + 1)) }
        do throws(PackageError) {
            try statement.step()
            rowCount += 1
        } catch {
            failure = error
        }
    }

    private func bind(_ column: DerivedColumn, _ row: CSVRow, _ plans: [ColumnPlan?], of field: Int?, at index: Int32) {
        switch column.content {
        case .field(let own, let factor): bind(plans[own], row, column, factor: factor, at: index)
        case .constant(let constant): statement.bind(constant.value, at: index)
        case .value(let factor): bind(field.flatMap { plans[$0] }, row, column, factor: factor, at: index)
        case .target(let name):
            let text = field.flatMap { schema.fields[$0].normalize.first { $0.name == name }?.value }
            statement.bind(text.map { DerivedConstant(text: $0, type: column.type).value } ?? .null, at: index)
        }
    }

    private func bind(_ plan: ColumnPlan?, _ row: CSVRow, _ column: DerivedColumn, factor: Double, at index: Int32) {
        guard let plan, plan.column < row.count else { return statement.bind(.null, at: index) }
        let cell = row[plan.column]
        if plan.isMissing(cell) { return statement.bind(.null, at: index) }
        guard let value = plan.reader.read(cell) else {
            untypedCount += 1
            return column.isText ? statement.bind(cell, at: index) : statement.bind(.null, at: index)
        }
        switch value {
        case .integer(let number): statement.bind(Self.scaled(number, by: factor), at: index)
        case .number(let number): statement.bind(.real(number.scaled(by: factor)), at: index)
        case .boolean(let value): statement.bind(.integer(value ? 1 : 0), at: index)
        case .moment(let moment): statement.bind(.text(moment.text), at: index)
        case .text, .collection: statement.bind(cell, at: index)
        }
    }

    /// Returns an integer unless it would overflow.
    private static func scaled(_ number: Int64, by factor: Double) -> DerivedValue {
        guard let whole = Int64(exactly: factor) else { return .real(Double(number) * factor) }
        let (product, overflows) = number.multipliedReportingOverflow(by: whole)
        return overflows ? .real(Double(number) * factor) : .integer(product)
    }
}
