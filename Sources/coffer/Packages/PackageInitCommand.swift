import CofferFiscal

/// `coffer package init`: writes a descriptor for a directory of tables.
enum PackageInitCommand {
    static let command = Command(
        name: "package init", operands: "DIRECTORY", operandCount: 1...1,
        summary: "write a descriptor for a directory of tables, to be edited",
        details: """
            Every .csv and .tsv file becomes a resource. Its encoding, delimiter and types are guessed from all its cells, which
            columns are measures from their types and names. A datapackage.json that is there is left as it is.

            Example
              coffer package init --currency EUR my-tables
            """,
        options: [
            Option("name", "NAME", help: "the package's name; the directory's unless given"),
            Option("title", "TITLE", help: "the package's title"),
            Option(
                "currency", "CODE", help: "the currency of all measures, such as EUR; XXX, which is none, unless given"),
            Option("print", help: "print the descriptor, and write nothing"),
        ], run: run)

    @Sendable private static func run(_ options: Options) async throws -> ExitCode {
        let directory = PackageDirectory(options.operands[0])
        let paths = try directory.tables()
        guard !paths.isEmpty else { throw CommandError("there is no .csv or .tsv file in \(directory.path)") }
        let draft = try await draft(paths, directory, options)
        guard draft.tableCount > 0 else { throw CommandError("no .csv or .tsv file in \(directory.path) has a header") }
        if options.isGiven("print") {
            print(draft.descriptor, terminator: "")
        } else {
            try directory.writeDescriptor(draft.descriptor)
            print(summary(draft, hasCurrency: options["currency"] != nil))
        }
        return .success
    }

    private static func draft(
        _ paths: [PackagePath], _ directory: PackageDirectory, _ options: Options
    ) async throws -> PackageDraft {
        let currency = options["currency"] ?? PackageDraft.unknownCurrency
        guard currency.utf8.count == 3, currency.allSatisfy({ ("A"..."Z").contains($0) }) else {
            throw UsageError("--currency \(currency): it takes three capital letters (ISO 4217)", command: command.name)
        }
        do throws(SourceError) {
            return try await PackageDraft(
                paths, in: DirectorySource(directory.path), name: options["name"] ?? PackageDraft.name(directory.name),
                title: options["title"], currency: currency)
        } catch {
            throw CommandError("a table in \(directory.path) \(error)")
        }
    }

    private static func summary(_ draft: PackageDraft, hasCurrency: Bool) -> String {
        let tables = draft.tableCount == 1 ? "one table" : "\(draft.tableCount) tables"
        var lines = ["Wrote datapackage.json with \(tables)."] + draft.notes.map { "Note: \($0)." }
        if !draft.measures.isEmpty {
            lines.append("Taken for measures: \(draft.measures.joined(separator: ", ")).")
            if !hasCurrency { lines.append("Their currency is XXX, which is none: write the right one.") }
        }
        lines.append("Types and measures are guessed; look through them, then run 'coffer package validate'.")
        return lines.map(visible).joined(separator: "\n")
    }
}
