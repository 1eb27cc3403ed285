import CofferModel

extension Report {
    /// Returns the report in the format of code scanning tools, as one SARIF log with one run.
    ///
    /// Files are relative to `PACKAGE`, which is the package's location. The column of a cell is stored in the result's
    /// properties, because a region's column counts characters.
    ///
    /// Source: Static Analysis Results Interchange Format (SARIF) 2.1.0, OASIS.
    ///
    /// - Parameter toolVersion: the version of the program that validated.
    public func sarif(toolVersion: String) -> String {
        let used = Rule.allCases.filter { levels.contains($0.level) }
        let indices = Dictionary(uniqueKeysWithValues: used.enumerated().map { ($1, $0) })
        let driver = JSONText.object([
            ("name", JSONText.string("coffer")), ("version", JSONText.string(toolVersion)),
            ("rules", JSONText.list(used.map(Self.sarif))),
        ])
        let run = JSONText.object([
            ("tool", JSONText.object([("driver", driver)])),
            ("originalUriBaseIds", JSONText.object([("PACKAGE", JSONText.object([("uri", baseURI)]))])),
            ("invocations", .list([.object([("executionSuccessful", .bool(true))])])),
            ("results", JSONText.list(findings.map { Self.sarif($0, index: indices[$0.rule] ?? -1) })),
        ])
        return JSONText.object([
            ("$schema", JSONText.string("https://json.schemastore.org/sarif-2.1.0.json")),
            ("version", JSONText.string("2.1.0")), ("runs", JSONText.list([run])),
        ]).text
    }

    /// The package's location as a URI that ends with a slash; nil for a directory whose absolute path is not known.
    private var baseURI: JSONText? {
        let descriptor = "/\(PackagePath.descriptor)"
        let place = location.hasSuffix(descriptor) ? String(location.dropLast(descriptor.utf8.count)) : location
        let directory = place.hasSuffix("/") ? place : place + "/"
        if URLScheme.of(place) != nil { return JSONText.string(directory) }
        guard place.hasPrefix("/") else { return nil }
        return JSONText.string("file://\(Self.encoded(directory))")
    }

    private static func encoded(_ path: String) -> String {
        PercentEncoding.encode(path.utf8, keepingSlash: true)
    }

    private static func sarif(_ rule: Rule) -> JSONText {
        JSONText.object([
            ("id", JSONText.string(rule.id)),
            ("shortDescription", JSONText.object([("text", JSONText.string(rule.summary))])),
            (
                "defaultConfiguration",
                JSONText.object([("level", JSONText.string(rule.severity.rawValue))])
            ),
            ("properties", JSONText.object([("tags", JSONText.list([JSONText.string(rule.level.rawValue)]))])),
        ])
    }

    private static func sarif(_ finding: Finding, index: Int) -> JSONText {
        let place = finding.location
        let isURL = URLScheme.of(place.file) != nil
        let file = JSONText.object([
            ("uri", JSONText.string(isURL ? place.file : encoded(place.file))),
            ("uriBaseId", isURL ? nil : JSONText.string("PACKAGE")),
        ])
        let region = place.line.map { JSONText.object([("startLine", JSONText.number($0))]) }
        let names = [place.resource, place.field].compactMap { $0 }.joined(separator: "/")
        let logical = names.isEmpty ? nil : JSONText.object([("fullyQualifiedName", JSONText.string(names))])
        let location = JSONText.object([
            ("physicalLocation", JSONText.object([("artifactLocation", file), ("region", region)])),
            ("logicalLocations", logical.map { JSONText.list([$0]) }),
        ])
        return JSONText.object([
            ("ruleId", JSONText.string(finding.rule.id)), ("ruleIndex", JSONText.number(index)),
            ("level", JSONText.string(finding.severity.rawValue)),
            ("message", JSONText.object([("text", JSONText.string(finding.message))])),
            ("locations", place.file.isEmpty ? nil : JSONText.list([location])),
            ("properties", JSONText.object(members(place))),
        ])
    }
}
