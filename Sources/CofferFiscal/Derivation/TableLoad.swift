/// Reads and checks the rows of a resource, and inserts them into its table.
struct TableLoad {
    let source: any PackageSource
    let package: PackageDescriptor
    let database: DerivedDatabase
    let allowsInvalid: Bool

    enum Result {
        case table(DerivedTable)
        case unreadable(UnreadableFile)
        /// The rows use another delimiter, and errors are allowed.
        case delimiter(String)
    }

    /// - Parameter name: the name of the table, which does not exist yet.
    /// - Throws: ``PackageError/invalid(_:)`` for rows with errors, unless these are allowed.
    func load(_ resource: Resource, into name: String) async throws(PackageError) -> Result {
        guard let schema = resource.schema else { throw .database("the resource \(resource.name) has no schema") }
        var resource = resource
        var inline: InlineTable?
        if case .inline(let node) = resource.content {
            inline = InlineTable(node, fields: schema.fields.map(\.name), resource.dialect)
            resource.dialect = inline?.dialect ?? resource.dialect
        }
        let table = try DerivedTable(
            name: name, DerivedColumns(resource, schema, package.model), schema, of: resource.name, in: database)
        var checker = TableChecker(
            resource, keys: TableKeys(primaryKey: [], collectors: []), findings: Findings(limit: 100))
        if let text = inline?.text {
            checker.beginInline()
            let result = TableReader.read(inline: text, resource.dialect) { row in Self.take(row, &checker, table) }
            checker.end(result.fault, result.lineEnds, hadByteOrderMark: false)
        }
        do throws(UnreadableFile) {
            for place in resource.places { try await read(place, resource, &checker, table) }
        } catch {
            return .unreadable(error)
        }
        checker.finish()
        if let failure = table.failure { throw failure }
        return try result(checker, table)
    }

    private func result(_ checker: TableChecker, _ table: DerivedTable) throws(PackageError) -> Result {
        let findings = checker.findings
        let report = Report(
            location: source.location, name: package.name, isFiscal: package.isFiscal, levels: [.data],
            findings: findings.kept, counts: findings.counts, files: [])
        guard report.isValid || allowsInvalid else { throw .invalid(report) }
        guard checker.isHalted else { return .table(table) }
        return .delimiter(findings.kept.first { $0.rule == .delimiter }?.message ?? "")
    }

    private func read(
        _ place: FilePlace, _ resource: Resource, _ checker: inout TableChecker, _ table: DerivedTable
    ) async throws(UnreadableFile) {
        checker.begin(place.description)
        do throws(SourceError) {
            let result = try await TableReader(resource, in: source).read(
                place, bytes: { _ in }, row: { row in Self.take(row, &checker, table) })
            checker.end(result.fault, result.lineEnds, hadByteOrderMark: result.hadByteOrderMark)
            if let refusal = result.refusal { throw refusal }
        } catch {
            throw UnreadableFile(place: place, error: error)
        }
    }

    private static func take(_ row: CSVRow, _ checker: inout TableChecker, _ table: DerivedTable) {
        let rows = checker.rowCount
        checker.take(row)
        if checker.rowCount > rows { table.take(row, checker.plansByField) }
    }
}
