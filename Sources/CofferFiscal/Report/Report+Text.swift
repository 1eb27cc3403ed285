import CofferModel

extension Report {
    /// The report for people: one line per finding, and a summary.
    public var text: String {
        var lines = findings.map(Self.line)
        for rule in Rule.allCases {
            let kept = findings.count { $0.rule == rule }
            let rest = counts[rule, default: 0] - kept
            if rest > 0 { lines.append("… and \(Self.count(rest, "more finding")) of \(rule.id)") }
        }
        if !lines.isEmpty { lines.append("") }
        for file in files {
            lines.append("\(file.path): \(Self.count(file.rows, "row")), \(Self.count(file.bytes, "byte"))")
        }
        lines.append(summary)
        return lines.map(printable).joined(separator: "\n")
    }

    private var summary: String {
        let verdict = isValid ? "valid" : "not valid"
        return
            "\(name ?? location): \(verdict), \(Self.count(errorCount, "error")), \(Self.count(warningCount, "warning"))"
    }

    private static func line(_ finding: Finding) -> String {
        let location = finding.location
        var place = location.file
        if let row = location.row {
            place += ", row \(row)"
        } else if let line = location.line {
            place += ", line \(line)"
        }
        if let column = location.column {
            place += ", column \(column)" + (location.field.flatMap { $0.isEmpty ? nil : " (\($0))" } ?? "")
        } else if let field = location.field {
            place += ", field \(field)"
        }
        return "\(finding.severity.rawValue) [\(finding.rule.id)] \(place): \(finding.message)"
    }

    static func count(_ number: some BinaryInteger, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }
}
