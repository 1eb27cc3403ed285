import CofferCrypto
import CofferModel

/// The current state of a resource's files, for comparison with the descriptor.
struct ResourceInspection {
    private(set) var byteCount: Int64 = 0
    /// The hash as written in a descriptor: prefixed with the algorithm unless it is MD5; nil for an unknown algorithm.
    private(set) var hash: String?
    /// The columns, if there is a header that names them.
    private(set) var profile: TableProfile
    /// The cells that are not of their field's type, by the index of the field.
    private(set) var misfits: [Int: Misfit] = [:]

    struct Misfit {
        var count = 0
        /// The row of the first such cell, counted from 1; ``path`` is its file.
        let row: Int
        let path: PackagePath
    }

    private let resource: Resource
    /// Whether the next row is the first one of a further file, which may repeat the header.
    private var mayRepeatHeader = false
    private var plans: [ColumnPlan] = []

    /// - Throws: ``SourceError`` if a file cannot be read.
    init(_ resource: Resource, _ paths: [PackagePath], in source: any PackageSource) async throws(SourceError) {
        self.resource = resource
        profile = TableProfile(headerRow: resource.dialect.headerRow)
        let algorithm = resource.hash?.algorithm ?? "md5"
        var digest = IntegrityCheck.algorithm(algorithm).map { Digest($0) }
        let reader = TableReader(resource, in: source)
        for path in paths {
            mayRepeatHeader = !profile.columns.isEmpty
            let result = try await reader.read(
                .path(path), bytes: { piece in digest?.update(piece.span) },
                row: { row in if looksAtRows { take(row, path) } }
            )
            byteCount += result.byteCount
            if let refusal = result.refusal { throw refusal }
            if let fault = result.fault, looksAtRows { throw .failed("row \(fault.row): \(fault.reason)") }
        }
        if let digest = digest.take() {
            let isPrefixed = algorithm != "md5" || resource.node["hash"]?.value.string?.contains(":") == true
            hash = (isPrefixed ? "\(algorithm):" : "") + hex(digest.finalize())
        }
    }

    private var looksAtRows: Bool { resource.isTable && resource.isReadable && resource.dialect.hasHeader }

    private mutating func take(_ row: CSVRow, _ path: PackagePath) {
        let isHeader = profile.columns.isEmpty
        guard !resource.dialect.commentRows.contains(row.number) else { return }
        if mayRepeatHeader {
            mayRepeatHeader = false
            if profile.isHeader(row) { return }
        }
        profile.take(row)
        if isHeader { return plan() }
        guard !row.isBlank else { return }
        for plan in plans where plan.column < row.count {
            let cell = row[plan.column]
            guard !plan.isMissing(cell), !plan.accepts(cell) else { continue }
            misfits[plan.field, default: Misfit(row: row.number, path: path)].count += 1
        }
    }

    private mutating func plan() {
        guard let schema = resource.schema else { return }
        let fields = fields(schema)
        for (column, profile) in profile.columns.enumerated() {
            guard let field = fields[fold(profile.name)], !plans.contains(where: { $0.field == field }) else {
                continue
            }
            plans.append(ColumnPlan(column: column, field: field, schema: schema, dialect: resource.dialect))
        }
    }

    private func fold(_ name: String) -> String { resource.dialect.isHeaderCaseSensitive ? name : name.lowercased() }

    private func fields(_ schema: TableSchema) -> [String: Int] {
        Dictionary(schema.fields.enumerated().map { (fold($1.name), $0) }) { first, _ in first }
    }

    // MARK: Columns and fields

    /// Returns the columns that can become fields, each with its field; nil for a new column.
    func fieldsOfColumns(_ schema: TableSchema) -> [(column: ColumnProfile, field: Int?)] {
        let fields = fields(schema)
        return profile.named.map { ($0, fields[fold($0.name)]) }
    }

    /// Returns the fields that have no column.
    func fieldsWithoutColumn(_ schema: TableSchema) -> [Int] {
        let names = Set(profile.columns.map { fold($0.name) })
        return schema.fields.indices.filter { !names.contains(fold(schema.fields[$0].name)) }
    }
}
