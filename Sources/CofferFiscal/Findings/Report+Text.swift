extension Report {
    /// The report for people: a line for every finding, and what they come to.
    public var text: String {
        var lines = findings.map(Self.line)
        for rule in Rule.allCases {
            let kept = findings.count { $0.rule == rule }
            let rest = counts[rule, default: 0] - kept
            if rest > 0 { lines.append("… and \(Self.count(rest, "further finding")) of \(rule.id)") }
        }
        if !lines.isEmpty { lines.append("") }
        for file in files {
            lines.append("\(file.path): \(Self.count(file.rows, "row")), \(Self.count(file.bytes, "byte"))")
        }
        lines.append(summary)
        return lines.map(visible).joined(separator: "\n")
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

/// A text for a terminal: what would control it, or turn the order of its characters, is replaced.
package func visible(_ text: String) -> String {
    let scalars = text.unicodeScalars.map { scalar -> Unicode.Scalar in
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x200E...0x200F, 0x202A...0x202E, 0x2066...0x2069: "\u{FFFD}"
        default: scalar
        }
    }
    var visible = ""
    visible.unicodeScalars.append(contentsOf: scalars)
    return visible
}
