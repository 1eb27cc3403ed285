import CofferModel

extension Report {
    /// The report for programs, as one JSON object: `location`, `name`, `fiscal`, `valid`, `levels`, `errors`,
    /// `warnings`, `counts` by rule, `files`, and `findings` with `rule`, `level`, `severity`, `message` and their
    /// location.
    public var json: String {
        let levels = Rule.Level.allCases.filter(levels.contains)
        let counts = Rule.allCases.compactMap { rule in
            self.counts[rule].map { (name: rule.id, value: JSONText.number($0) as JSONText?) }
        }
        return JSONText.object([
            ("location", JSONText.string(location)), ("name", name.map(JSONText.string)), ("fiscal", .bool(isFiscal)),
            ("valid", .bool(isValid)), ("levels", JSONText.list(levels.map { JSONText.string($0.rawValue) })),
            ("errors", JSONText.number(errorCount)), ("warnings", JSONText.number(warningCount)),
            ("counts", JSONText.object(counts)), ("files", JSONText.list(files.map(Self.json))),
            ("findings", JSONText.list(findings.map(Self.json))),
        ]).text
    }

    private static func json(_ file: File) -> JSONText {
        JSONText.object([
            ("resource", JSONText.string(file.resource)), ("path", JSONText.string(file.path)),
            ("rows", JSONText.number(file.rows)), ("bytes", JSONText.number(file.bytes)),
        ])
    }

    private static func json(_ finding: Finding) -> JSONText {
        JSONText.object(
            [
                ("rule", JSONText.string(finding.rule.id)), ("level", JSONText.string(finding.rule.level.rawValue)),
                ("severity", JSONText.string(finding.severity.rawValue)), ("message", JSONText.string(finding.message)),
                ("file", JSONText.string(finding.location.file)),
            ] + members(finding.location))
    }

    /// Returns the location of a finding, except for the file.
    static func members(_ location: Finding.Location) -> [(name: String, value: JSONText?)] {
        [
            ("resource", location.resource.map(JSONText.string)), ("pointer", location.pointer.map(JSONText.string)),
            ("line", location.line.map(JSONText.number)), ("row", location.row.map(JSONText.number)),
            ("column", location.column.map(JSONText.number)), ("field", location.field.map(JSONText.string)),
        ]
    }
}
