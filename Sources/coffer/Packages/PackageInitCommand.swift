import CofferFiscal
import CofferModel

/// `coffer package init`: writes a descriptor for a directory of tables.
enum PackageInitCommand {
    static let command = Command(
        name: "package init", operands: "DIRECTORY",
        summary: "write a descriptor for a directory of tables, to be edited",
        details: """
            Every .csv and .tsv file, and those with .gz behind it, becomes a resource. Its encoding, delimiter and types are guessed from all its cells, which
            columns are measures from their types and names, and labels of codes from both. A datapackage.json that is there
            is left as it is, or with --refresh brought up to date: bytes and hash of each resource, new tables, new columns.
            All else stays as it was written; what does not fit any more is told and not changed.

            Examples
              coffer package init --currency EUR my-tables
              coffer package init --refresh -n my-tables
            """,
        options: [
            Option("refresh", help: "bring the datapackage.json that is there up to date with its tables"),
            Option("dry-run", letter: "n", help: "tell what would be done, and write nothing"),
            Option("print", help: "print the descriptor, and write nothing"),
            Option("name", "NAME", help: "the package's name; the directory's unless given"),
            Option("title", "TITLE", help: "the package's title"),
            Option(
                "currency", "CODE", help: "the currency of all measures, such as EUR; XXX, which is none, unless given"),
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
        tell(summary(draft, hasCurrency: options["currency"] != nil), isDryRun)
        return .success
    }

    private static func tell(_ lines: [String], _ isDryRun: Bool) {
        print(lines.map { printable((isDryRun ? "(dry run) " : "") + $0) }.joined(separator: "\n"))
    }

    // MARK: An existing descriptor

    private static func refresh(
        _ paths: [PackagePath], _ directory: PackageDirectory, _ options: Options
    ) async throws -> ExitCode {
        for name in ["name", "title", "currency"] where options.isOnCommandLine(name) {
            throw options.usage("--\(name) and --refresh do not go together: edit the datapackage.json")
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
        tell((changes + refresh.notes.map { "Note: \($0)" }).map { $0 + "." }, isDryRun)
        return .success
    }

    // MARK: A new descriptor

    private static func draft(
        _ paths: [PackagePath], _ directory: PackageDirectory, _ options: Options
    ) async throws -> PackageDraft {
        let currency = options["currency"] ?? PackageDraft.unknownCurrency
        guard currency.utf8.count == 3, currency.allSatisfy({ ("A"..."Z").contains($0) }) else {
            throw options.usage("--currency \(currency): it takes three capital letters (ISO 4217)")
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
            lines.append("Taken for measures: \(draft.measures.joined(separator: ", ")).")
            if !hasCurrency { lines.append("Their currency is XXX, which is none: write the right one.") }
        }
        lines.append("Types and measures are guessed; look through them, then run 'coffer package validate'.")
        return lines
    }
}
