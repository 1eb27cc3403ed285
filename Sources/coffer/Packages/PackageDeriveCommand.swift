import CofferFiscal
import CofferModel

/// `coffer package derive`: makes or updates an SQLite database of a package.
enum PackageDeriveCommand {
    static let command = Command(
        name: "package derive", operands: "PACKAGE --sqlite FILE",
        summary: "Make an SQLite database from a package",
        details: """
            Every table with a schema becomes a table PACKAGE__RESOURCE with the schema's types, and with the
            factors of measures applied. The tables packages, resources, columns, measures and attributes
            describe the contents; search is a full-text index (FTS5) of titles and labels. When a package
            is derived again, only what changed, by ETag or MD5, is read, and all changes appear at once.
            Resources that do not become tables are listed with the reason. Keys are not compared; 'coffer
            package validate' does that. 'coffer package remove' removes a package.

            Exit codes: 0 derived; 3 the package is invalid or a table was left out; 1 failure; 64 wrong options

            Examples
              coffer package derive my-package --sqlite fiscal.db
              sqlite3 fiscal.db \\
                "SELECT table_name, column_name, code, text FROM search WHERE search MATCH 'health'"
            """,
        options: [
            Option(
                "sqlite", "FILE",
                help: "write to this database; it is created if it does not exist, and can have several packages"),
            Option("replace", help: "replace a package of the same name from another location"),
            Option(
                "allow-invalid",
                help: "derive a package despite its errors; cells that do not have their column's type are NULL, and "
                    + "counted, and what cannot be read is left out"),
            PackageCommands.fetch, PackageCommands.allowUnread,
        ] + PackageCommands.options, run: run)

    @Sendable private static func run(_ options: Options) async throws -> ExitCode {
        let path = try options.required("sqlite")
        let source = try PackageCommands.source(place(options.operands[0]), options)
        let derivation = Derivation(
            source, database: path, replaces: options.isGiven("replace"),
            allowsInvalid: options.isGiven("allow-invalid"), fetches: options.isGiven("fetch"))
        do throws(PackageError) {
            let summary = try await derivation.derive()
            if options.wantsJSON {
                print(json(summary).text)
            } else {
                Table(columns: ["resource", "table", "state", "untyped"], rows: rows(summary)).print(asJSON: false)
            }
            let isWhole = options.isGiven("allow-unread") || !summary.leftOut.contains { $0.kind == .unread }
            if !isWhole { printError("Some tables were left out; with --allow-unread that is not a failure.") }
            return isWhole ? .success : .negative
        } catch {
            guard case .invalid(let report) = error else { throw error }
            return PackageCommands.refuse(
                report, options,
                advice: "Nothing was derived: fix the errors, or derive what can be read with --allow-invalid.")
        }
    }

    /// Returns a directory as its absolute path, since the database stores it and is used from other directories as
    /// well.
    private static func place(_ text: String) -> String {
        let isURL = S3URL.isOne(text) || text.hasPrefix("http://") || text.hasPrefix("https://")
        guard !isURL, let path = PackageDirectory(text).absolutePath else { return text }
        let descriptor = PackagePath.descriptors.first { path.hasSuffix("/\($0)") }
        return descriptor.map { String(path.dropLast($0.description.utf8.count + 1)) } ?? path
    }

    private static func rows(_ summary: Derivation.Summary) -> [[String?]] {
        summary.tables.map { table in
            [table.resource, table.name, table.rows.map { "\($0) rows" } ?? "did not change", cells(table)]
        } + summary.leftOut.map { [$0.resource, nil, "left out: \($0.reason)", nil] }
            + removed(summary).map { [$0, nil, "removed: no longer in the package", nil] }
    }

    /// Returns the tables that no longer exist, except those that are already reported as left out.
    private static func removed(_ summary: Derivation.Summary) -> [String] {
        summary.removed.filter { name in !summary.leftOut.contains { $0.resource == name } }
    }

    private static func json(_ summary: Derivation.Summary) -> JSONText {
        let tables = summary.tables.map { table in
            JSONText.object([
                ("resource", .string(table.resource)), ("table", .string(table.name)),
                ("state", .string(table.rows == nil ? "unchanged" : "derived")),
                ("rows", table.rows.map { .number($0) } ?? .null), ("untyped", .number(table.untypedCells)),
            ])
        }
        let leftOut = summary.leftOut.map { resource in
            JSONText.object([
                ("resource", .string(resource.resource)), ("table", .null), ("state", .string("left out")),
                ("rows", .null), ("untyped", .null), ("reason", .string(resource.reason)),
            ])
        }
        let removed = removed(summary).map { resource in
            JSONText.object([
                ("resource", .string(resource)), ("table", .null), ("state", .string("removed")), ("rows", .null),
                ("untyped", .null),
            ])
        }
        return .list(tables + leftOut + removed)
    }

    private static func cells(_ table: Derivation.Summary.Table) -> String? {
        table.untypedCells == 0 ? nil : "\(table.untypedCells) cells do not have their type"
    }
}
