import CofferFiscal

/// `coffer package remove`: removes a package from a derived database.
enum PackageRemoveCommand {
    static let command = Command(
        name: "package remove", operands: "NAME --sqlite FILE",
        summary: "Remove a package from an SQLite database",
        details: """
            NAME is the package's name in the table packages of the database. Its tables are dropped, and its
            rows are deleted from the other tables and the search, all at once. The package itself is not
            touched. SQLite reuses the space for later packages; VACUUM frees it.

            Exit codes: 0 removed; 1 failure, also if there is no such package; 64 wrong options

            Example
              coffer package remove my-package --sqlite fiscal.db
            """,
        options: [
            Option("sqlite", "FILE", help: "remove it from this database"),
            Option("json", help: "print JSON"),
        ], run: run)

    @Sendable private static func run(_ options: Options) async throws -> ExitCode {
        let path = try options.required("sqlite")
        let tables = try await Removal(options.operands[0], database: path).remove()
        Table(columns: ["state", "table"], rows: tables.map { ["removed", $0] }).print(asJSON: options.wantsJSON)
        return .success
    }
}
