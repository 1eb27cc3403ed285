import CofferFiscal

/// `coffer package remove`: removes a package from a derived database.
enum PackageRemoveCommand {
    static let command = Command(
        name: "package remove", operands: "NAME --sqlite FILE",
        summary: "take a package out of an SQLite database",
        details: """
            NAME is the package's name, as the table packages of the database tells it. Its tables are dropped, and what the
            others and the search say of it is taken out, all at once. The package itself stays where it is. SQLite uses the
            room again for what is derived next; VACUUM gives it back.

            Exit codes: 0 removed, 1 there is no such package or it failed, 64 wrong options

            Example
              coffer package remove my-package --sqlite fiscal.db
            """,
        options: [
            Option("sqlite", "FILE", help: "the database"),
            Option("json", help: "print JSON"),
        ], run: run)

    @Sendable private static func run(_ options: Options) async throws -> ExitCode {
        let path = try options.required("sqlite")
        let tables = try await Removal(options.operands[0], database: path).remove()
        Table(columns: ["state", "table"], rows: tables.map { ["removed", $0] }).print(asJSON: options.wantsJSON)
        return .success
    }
}
