import CofferFiscal

/// `coffer package validate`: the problems of a package, for people or programs.
enum PackageValidateCommand {
    static let command = Command(
        name: "package validate", operands: "PACKAGE",
        summary: "Find all problems of a package",
        details: """
            \(PackageCommands.places)
            Every finding has a rule, whose ID keeps its meaning, and a location: the file, the resource,
            the row (the header is row 1) and the column.

            A table can be CSV, an Excel workbook (.xlsx), JSON or GeoJSON, and compressed with gzip or ZIP.
            A table that is not read makes the package invalid, unless --allow-unread is given.

            Exit codes: 0 valid; 3 invalid; 1 failure, also if the location cannot be read; 64 wrong options

            Examples
              coffer package validate my-package
              coffer package validate --sarif my-package > findings.sarif
              coffer package validate s3://datastore.example.org/me/my-package
            """,
        options: [
            Option("sarif", help: "print SARIF 2.1.0, for code scanning"),
            Option(
                "levels", "LEVEL,…",
                help: "check only these levels: structure, fiscal, data, integrity; default: all; without data, "
                    + "no rows are read"),
            Option(
                "limit", "NUMBER",
                help: "print at most this many findings of one rule in one file, and count the rest; default: 100"),
            Option(
                "fail-on", "error|warning",
                help: "let only errors, or also warnings, make a package invalid; default: error"),
            PackageCommands.fetch, PackageCommands.allowUnread,
        ] + PackageCommands.options, run: run)

    private enum FailOn: String, CaseIterable { case error, warning }

    @Sendable private static func run(_ options: Options) async throws -> ExitCode {
        let failOn: FailOn = try options.choice("fail-on") ?? .error
        guard !options.wantsJSON || !options.isGiven("sarif") else {
            throw options.usage("give only one of --json and --sarif")
        }
        let validator = PackageValidator(
            try PackageCommands.source(options.operands[0], options), levels: try levels(options),
            findingLimit: try options.number("limit", in: 0...100_000) ?? 100, fetches: options.isGiven("fetch"),
            allowsUnread: options.isGiven("allow-unread"))
        let report = await validator.validate()
        if let failure = report.failure { throw CommandError("\(report.location) \(failure)") }
        if options.isGiven("sarif") {
            print(report.sarif(toolVersion: Program.version))
        } else {
            print(options.wantsJSON ? report.json : report.text)
        }
        return report.isValid && (failOn == .error || report.warningCount == 0) ? .success : .negative
    }

    private static func levels(_ options: Options) throws -> Set<Rule.Level> {
        guard let text = options["levels"] else { return Set(Rule.Level.allCases) }
        return Set(
            try text.split(separator: ",").map { name in
                guard let level = Rule.Level(rawValue: String(name)) else {
                    let allowed = Rule.Level.allCases.map(\.rawValue).joined(separator: ", ")
                    throw options.usage("--levels \(text) is not allowed; allowed: \(allowed)")
                }
                return level
            })
    }
}
