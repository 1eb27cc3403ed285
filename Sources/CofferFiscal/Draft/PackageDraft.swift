import CofferModel

/// A descriptor for tables that have none, to be edited: types and measures are guessed from the cells and the names.
public struct PackageDraft: Sendable {
    /// The text of `datapackage.json`.
    public let descriptor: String
    /// The measures that were guessed, as `resource.column`.
    public let measures: [String]

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
        for path in paths { tables.append(try await TableDraft(path, in: source)) }
        let names = Self.uniqueNames(tables.map(\.name))
        let model = ModelDraft(zip(names, tables).map { ($0, $1) }, currency: currency)
        var members: [(name: String, value: JSONText?)] = [("name", .string(name))]
        if let title { members.append(("title", .string(title))) }
        members.append(("profile", .string("tabular-data-package")))
        members.append(("resources", .list(zip(names, tables).map(Self.resource))))
        if let model = model.json { members.append(("model", model)) }
        descriptor = JSONText.object(members).page
        measures = model.measures
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

    private static func uniqueNames(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.map { name in
            let unique = numbered(name, "-") { !seen.contains($0) }
            seen.insert(unique)
            return unique
        }
    }

    private static func resource(_ name: String, _ table: TableDraft) -> JSONText {
        let fields = table.columns.map(field)
        return .object([
            ("name", .string(name)), ("path", .string(table.path.description)),
            ("profile", .string("tabular-data-resource")),
            ("format", .string("csv")), ("mediatype", .string("text/csv")), ("encoding", .string(table.encoding)),
            ("bytes", .number(table.byteCount)), ("hash", .string(table.md5)),
            ("dialect", .object([("delimiter", .string(String(UnicodeScalar(table.delimiter))))])),
            ("schema", .object([("fields", .list(fields)), ("missingValues", .list([.string("")]))])),
        ])
    }

    private static func field(_ column: ColumnProfile) -> JSONText {
        let guess = column.guess
        var members: [(name: String, value: JSONText?)] = [
            ("name", .string(column.name)), ("type", .string(guess.type.rawValue)),
        ]
        if guess.numberFormat != NumberFormat() {
            members.append(("decimalChar", .string(String(decoding: guess.numberFormat.decimal, as: UTF8.self))))
            if !guess.numberFormat.group.isEmpty {
                members.append(("groupChar", .string(String(decoding: guess.numberFormat.group, as: UTF8.self))))
            }
        }
        return .object(members)
    }
}
