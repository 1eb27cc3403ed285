import CofferFiscal
import CofferModel

/// `coffer package init`: writes a descriptor for a directory of tables.
enum PackageInitCommand {
    static let command = Command(
        name: "package init", operands: "DIRECTORY",
        summary: "Write a descriptor for a directory of tables",
        details: """
            Every .csv, .tsv, .csv.gz and .tsv.gz file becomes a resource. Its encoding, delimiter and types
            are inferred from all its cells; measures, and labels of codes, from types and names. Edit the
            result. An existing datapackage.json is not changed, or with --refresh updated: the bytes and
            hash of each resource, new tables, new columns. Everything else in it is kept, and what no
            longer fits is reported.

            Examples
              coffer package init --currency EUR my-tables
              coffer package init --refresh -n my-tables
            """,
        options: [
            Option("refresh", help: "update the existing datapackage.json from its tables"),
            Option("dry-run", letter: "n", help: "show what would be done, but write nothing"),
            Option("print", help: "print the descriptor instead of writing it"),
            Option("name", "NAME", help: "set the package's name; default: the directory's name"),
            Option("title", "TITLE", help: "set the package's title"),
            Option(
                "currency", "CODE",
                help: "set the currency of all measures, such as EUR; default: XXX, which means none"),
        ], run: run)

    @Sendable private static func run(_ options: Options) async throws -> ExitCode {
        let directory = PackageDirectory(options.operands[0])
        let paths = try directory.tables()
        if options.isGiven("refresh") { return try await refresh(paths, directory, options) }
        guard !paths.isEmpty else { throw CommandError("there is no .csv or .tsv file in \(directory.path)") }
        let draft = try await draft(paths, directory, options)
        guard draft.tableCount > 0 else { throw CommandError("no .csv or .tsv file in \(directory.path) has a header") }
        if options.isGiven("print") {
            print(draft.descriptor, terminator: "")
            return .success
        }
        let isDryRun = options.isGiven("dry-run")
        if isDryRun { try directory.requireNoDescriptor() } else { try directory.writeDescriptor(draft.descriptor) }
        printLines(summary(draft, hasCurrency: options["currency"] != nil), isDryRun)
        return .success
    }

    private static func printLines(_ lines: [String], _ isDryRun: Bool) {
        print(lines.map { printable((isDryRun ? "(dry run) " : "") + $0) }.joined(separator: "\n"))
    }

    // MARK: An existing descriptor

    private static func refresh(
        _ paths: [PackagePath], _ directory: PackageDirectory, _ options: Options
    ) async throws -> ExitCode {
        for name in ["name", "title", "currency"] where options.isOnCommandLine(name) {
            throw options.usage("--\(name) cannot be used with --refresh: edit the datapackage.json")
        }
        let refresh: PackageRefresh
        do throws(PackageError) {
            refresh = try await PackageRefresh(paths, in: DirectorySource(directory.path))
        } catch {
            guard case .invalid(let report) = error else { throw error }
            return PackageCommands.refuse(report, options)
        }
        if options.isGiven("print") {
            print(refresh.descriptor, terminator: "")
            return .success
        }
        let isDryRun = options.isGiven("dry-run")
        if !isDryRun, !refresh.changes.isEmpty {
            try directory.replaceDescriptor(refresh.original, with: refresh.descriptor)
        }
        let changes = refresh.changes.isEmpty ? ["datapackage.json is up to date"] : refresh.changes
        printLines((changes + refresh.notes.map { "Note: \($0)" }).map { $0 + "." }, isDryRun)
        return .success
    }

    // MARK: A new descriptor

    private static func draft(
        _ paths: [PackagePath], _ directory: PackageDirectory, _ options: Options
    ) async throws -> PackageDraft {
        let currency = options["currency"] ?? PackageDraft.unknownCurrency
        guard currency.utf8.count == 3, currency.allSatisfy({ ("A"..."Z").contains($0) }) else {
            throw options.usage("--currency \(currency): use three capital letters (ISO 4217)")
        }
        do throws(SourceError) {
            return try await PackageDraft(
                paths, in: DirectorySource(directory.path), name: options["name"] ?? PackageDraft.name(directory.name),
                title: options["title"], currency: currency)
        } catch {
            throw CommandError("a table in \(directory.path) \(error)")
        }
    }

    private static func summary(_ draft: PackageDraft, hasCurrency: Bool) -> [String] {
        let tables = draft.tableCount == 1 ? "one table" : "\(draft.tableCount) tables"
        var lines = ["Wrote datapackage.json with \(tables)."] + draft.notes.map { "Note: \($0)." }
        if !draft.measures.isEmpty {
            lines.append("Inferred measures: \(draft.measures.joined(separator: ", ")).")
            if !hasCurrency { lines.append("Their currency is XXX, which means none: set the right one.") }
        }
        lines.append("Types and measures are inferred: check them, then run 'coffer package validate'.")
        return lines
    }
}
