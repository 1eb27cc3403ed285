/// Compares the keys of a package after all rows have been read.
struct KeyCheck {
    let keys: PackageKeys
    let resources: [Resource]
    /// The resources that were read completely: in others, a referenced key may be in the unread rows.
    let whole: Set<Int>
    /// The row locations of each resource, by its index.
    let locations: [Int: RowLocations]
    var findings: Findings
    /// The number of rows to report for each key; further ones are only counted.
    let limit: Int

    mutating func run() throws(SourceError) {
        for resource in resources {
            guard let schema = resource.schema, locations[resource.index] != nil else { continue }
            for (fields, rule) in PackageKeys.unique(schema) { try checkUnique(resource, schema, fields, rule) }
            for key in schema.foreignKeys { try check(key, resource, schema) }
        }
    }

    private func names(_ fields: [Int], _ schema: TableSchema) -> String {
        fields.map { quoted(schema.fields[$0].name) }.joined(separator: ", ")
    }

    private mutating func checkUnique(
        _ resource: Resource, _ schema: TableSchema, _ fields: [Int], _ rule: Rule
    ) throws(SourceError) {
        guard let collector = keys[resource.index, fields] else { return }
        try collector.runs.finish()
        var merge = collector.runs.merge()
        var found = FirstRows(limit: limit)
        var first: KeyEntry?
        while let entry = try merge.next() {
            if let first, first.hasKey(of: entry) { found.add(entry, first) } else { first = entry }
        }
        guard let locations = locations[resource.index] else { return }
        let key = "this \(rule == .unique ? "value" : "key") of \(names(fields, schema))"
        report(found, rule, fields, schema, locations) { first in "row \(first) already has \(key)" }
    }

    private mutating func check(_ key: ForeignKey, _ resource: Resource, _ schema: TableSchema) throws(SourceError) {
        guard let own = keys[resource.index, key.fields], let theirs = keys[key.resource, key.referenced],
            let target = resources.first(where: { $0.index == key.resource }), let targetSchema = target.schema,
            let locations = locations[resource.index], whole.contains(key.resource)
        else { return }
        try own.runs.finish()
        try theirs.runs.finish()
        var (referring, referred) = (own.runs.merge(), theirs.runs.merge())
        var found = FirstRows(limit: limit)
        var current = try referred.next()
        // A missing column is reported with the header.
        if current == nil, self.locations[key.resource]?.hasRows == true { return }
        while let entry = try referring.next() {
            while let candidate = current, (candidate.high, candidate.low) < (entry.high, entry.low) {
                current = try referred.next()
            }
            if current?.hasKey(of: entry) != true { found.add(entry, entry) }
        }
        let message =
            "\(names(key.fields, schema)) refers to a value of \(names(key.referenced, targetSchema)) that no row of the "
            + "resource \(quoted(target.name)) has"
        report(found, .foreignKeyMissing, key.fields, schema, locations) { _ in message }
    }

    private mutating func report(
        _ found: FirstRows, _ rule: Rule, _ fields: [Int], _ schema: TableSchema, _ locations: RowLocations,
        _ message: (Int) -> String
    ) {
        for (entry, first) in found.sorted() {
            var location = locations.location(entry)
            if fields.count == 1 { location.field = schema.fields[fields[0]].name }
            findings.add(rule, location, message(locations.location(first).row ?? 0))
        }
        for _ in 0..<found.uncounted { findings.count(rule) }
    }
}

/// The first of many rows that arrive in any order.
private struct FirstRows {
    let limit: Int
    private var rows: [(entry: KeyEntry, other: KeyEntry)] = []
    private var count = 0

    init(limit: Int) { self.limit = limit }

    /// The number of rows that are not kept.
    var uncounted: Int { max(0, count - limit) }

    mutating func add(_ entry: KeyEntry, _ other: KeyEntry) {
        count += 1
        rows.append((entry, other))
        if rows.count >= 2 * limit + 1024 { rows = sorted() }
    }

    func sorted() -> [(entry: KeyEntry, other: KeyEntry)] {
        Array(rows.sorted { $0.entry.row < $1.entry.row }.prefix(limit))
    }
}
