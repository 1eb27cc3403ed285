import CofferModel

/// A descriptor for tables that have none, to be edited: types and measures are guessed from the cells and the names.
public struct PackageDraft: Sendable {
    /// The text of `datapackage.json`.
    public let descriptor: String
    /// The measures that were guessed, as `resource.column`.
    public let measures: [String]
    /// What whoever edits the draft is to know of the tables: a sentence each.
    public let notes: [String]
    /// How many of the files have a header and are resources.
    public let tableCount: Int

    /// The currency of what has none (ISO 4217): whoever edits the draft knows the right one.
    public static let unknownCurrency = "XXX"

    /// - Parameters:
    ///   - paths: files of CSV.
    ///   - name: of the package.
    ///   - title: of the package, if there is one.
    ///   - currency: of all measures.
    public init(
        _ paths: [PackagePath], in source: any PackageSource, name: String, title: String? = nil,
        currency: String = Self.unknownCurrency
    ) async throws(SourceError) {
        var tables: [TableDraft] = []
        var notes: [String] = []
        for path in paths {
            let table = try await TableDraft(path, in: source)
            notes += table.isTable ? table.notes : [table.absence]
            if table.isTable { tables.append(table) }
        }
        let names = Self.uniqueNames(tables.map(\.name))
        let model = ModelDraft(zip(names, tables).map { ($0, $1) }, currency: currency)
        var members: [(name: String, value: JSONText?)] = [("name", .string(name))]
        if let title { members.append(("title", .string(title))) }
        members.append(("profile", .string("tabular-data-package")))
        members.append(("resources", .list(zip(names, tables).map { Self.resource($0, $1) })))
        if let model = model.json { members.append(("model", model)) }
        descriptor = JSONText.object(members).page
        measures = model.measures
        self.notes = notes
        tableCount = tables.count
    }

    /// A directory's name in the letters that a package's has.
    public static func name(_ text: String) -> String { name(text, or: "package") }

    /// A text in the letters that the names of packages and resources have.
    ///
    /// - Parameter alternative: the name where none of its letters is one.
    static func name(_ text: String, or alternative: String) -> String {
        let letters = text.lowercased().unicodeScalars.map { scalar in
            DescriptorReader.isName(String(scalar)) && scalar != "/" ? String(scalar) : "-"
        }.joined()
        let name = letters.split(separator: "-").joined(separator: "-")
        return name.isEmpty ? alternative : name
    }

    /// - Parameter taken: names that are not free.
    static func uniqueNames(_ names: [String], taken: Set<String> = []) -> [String] {
        var unique = UniqueNames(taken: taken)
        return names.map { unique.next($0, "-") }
    }

    static func resource(_ name: String, _ table: TableDraft) -> JSONText {
        let columns = table.profile.named
        let texts = columns.reduce(into: Set<String>()) { $0.formUnion($1.guess.type == .string ? $1.markers : []) }
        // What is a text in another column, such as NA for Namibia, is missing in its own column alone.
        let missing = columns.reduce(into: Set([""])) { $0.formUnion($1.missingValues.subtracting(texts)) }
        let schema: [(name: String, value: JSONText?)] = [
            (
                "fields",
                .list(
                    columns.map { field($0, missing: $0.missingValues.isSubset(of: missing) ? nil : $0.missingValues) })
            ),
            ("missingValues", .list(missing.sorted().map(JSONText.string))),
            ("primaryKey", table.profile.key.map(JSONText.string)),
        ]
        return .object([
            ("name", .string(name)), ("path", .string(table.path.description)),
            ("profile", .string("tabular-data-resource")),
            ("format", .string("csv")), ("compression", table.packing == .gzip ? .string("gz") : nil),
            ("mediatype", .string("text/csv")), ("encoding", .string(table.encoding)),
            ("bytes", .number(table.byteCount)), ("hash", .string(table.md5)), ("dialect", dialect(table.dialect)),
            ("schema", .object(schema)),
        ])
    }

    private static func dialect(_ dialect: CSVDialect) -> JSONText {
        .object([
            ("delimiter", .string(String(UnicodeScalar(dialect.delimiter)))),
            ("skipInitialSpace", dialect.skipsInitialSpace ? .bool(true) : nil),
            ("headerRows", dialect.headerRow == 1 ? nil : .list([.number(dialect.headerRow)])),
        ])
    }

    /// - Parameter missing: texts that stand for no value in this column; nil for those of the schema.
    static func field(_ column: ColumnProfile, missing: Set<String>? = nil) -> JSONText {
        let guess = column.guess
        let (number, plain) = (guess.numberFormat, NumberFormat())
        return .object([
            ("name", .string(column.name)), ("type", .string(guess.type.rawValue)),
            ("format", guess.format.map(JSONText.string)),
            ("decimalChar", number.decimal == plain.decimal && number.group.isEmpty ? nil : text(number.decimal)),
            ("groupChar", number.group.isEmpty ? nil : text(number.group)),
            ("bareNumber", number.isBare ? nil : .bool(false)),
            ("missingValues", missing.map { .list($0.union([""]).sorted().map(JSONText.string)) }),
        ])
    }

    private static func text(_ bytes: [UInt8]) -> JSONText { .string(String(decoding: bytes, as: UTF8.self)) }
}
