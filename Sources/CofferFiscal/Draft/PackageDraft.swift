import CofferModel

/// A draft of a descriptor for tables that have none: types and measures are guessed from the cells and the names.
public struct PackageDraft: Sendable {
    /// The text of `datapackage.json`.
    public let descriptor: String
    /// The guessed measures, as `resource.column`.
    public let measures: [String]
    /// Notes on the tables for the editor of the draft, one sentence each.
    public let notes: [String]
    /// The number of files that have a header and became resources.
    public let tableCount: Int

    /// The code for an unknown currency (ISO 4217), to be corrected by the editor of the draft.
    public static let unknownCurrency = "XXX"

    /// Reads the tables and guesses what they contain.
    ///
    /// - Parameters:
    ///   - paths: the CSV files.
    ///   - source: the source of the files.
    ///   - name: the name of the package.
    ///   - title: the title of the package, if it has one.
    ///   - currency: the currency of all measures, as three capital letters (ISO 4217).
    /// - Throws: ``SourceError`` if a file cannot be read.
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

    /// Converts a directory's name to a valid name of a package.
    public static func name(_ text: String) -> String { name(text, or: "package") }

    /// Converts a text to a valid name of a package or resource.
    ///
    /// - Parameter alternative: the name to use if no character of the text is allowed.
    static func name(_ text: String, or alternative: String) -> String {
        let letters = text.lowercased().unicodeScalars.map { scalar in
            DescriptorReader.isName(String(scalar)) && scalar != "/" ? String(scalar) : "-"
        }.joined()
        let name = letters.split(separator: "-").joined(separator: "-")
        return name.isEmpty ? alternative : name
    }

    /// - Parameter taken: names that must not be used.
    static func uniqueNames(_ names: [String], taken: Set<String> = []) -> [String] {
        var unique = UniqueNames(taken: taken)
        return names.map { unique.next($0, "-") }
    }

    static func resource(_ name: String, _ table: TableDraft) -> JSONText {
        let columns = table.profile.named
        let texts = columns.reduce(into: Set<String>()) { $0.formUnion($1.guess.type == .string ? $1.markers : []) }
        // A marker that is a text in another column, such as NA for Namibia, is declared only for its own column.
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

    /// - Parameter missing: texts that mean a missing value in this column; nil to use those of the schema.
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
