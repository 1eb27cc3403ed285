/// The keys of one table, collected while its rows are read.
struct TableKeys {
    private let primaryKey: [Int]
    private let collectors: [KeyCollector]
    /// The index of each field's plan; nil before the first row.
    private var places: [Int: Int]?

    init(primaryKey: [Int], collectors: [KeyCollector]) {
        self.primaryKey = primaryKey
        self.collectors = collectors
    }

    var isEmpty: Bool { collectors.isEmpty }

    /// Collects the keys of a row. A key with a missing cell is skipped.
    ///
    /// - Returns: whether a cell of the primary key is missing.
    mutating func take(
        _ row: CSVRow, _ plans: [ColumnPlan], _ position: (row: UInt32, line: UInt32)
    ) throws(SourceError) -> Bool {
        let places = self.places ?? Dictionary(uniqueKeysWithValues: plans.enumerated().map { ($1.field, $0) })
        self.places = places
        var lacksPrimaryKey = false
        for collector in collectors {
            var hash = KeyCollector.Hash()
            var isWhole = true
            for field in collector.fields {
                // A missing column is reported with the header.
                guard let place = places[field], plans[place].column < row.count else {
                    isWhole = false
                    break
                }
                let cell = row[plans[place].column]
                if plans[place].isMissing(cell) {
                    isWhole = false
                    if collector.fields == primaryKey { lacksPrimaryKey = true }
                    break
                }
                plans[place].reader.combine(cell, into: &hash)
            }
            if isWhole { try collector.runs.add(hash.entry(row: position.row, line: position.line)) }
        }
        return lacksPrimaryKey
    }
}

/// All keys of a package: those that must be unique, and those of foreign keys.
struct PackageKeys {
    /// The collectors by resource and fields.
    private var collectors: [Int: [[Int]: KeyCollector]] = [:]

    /// - Parameter resources: the resources whose rows will be read.
    init(_ resources: [Resource]) {
        let read = Set(resources.map(\.index))
        for resource in resources {
            guard let schema = resource.schema else { continue }
            for fields in Self.unique(schema) { collect(resource.index, fields.fields) }
            for key in schema.foreignKeys where read.contains(key.resource) {
                collect(resource.index, key.fields)
                collect(key.resource, key.referenced)
            }
        }
    }

    private mutating func collect(_ resource: Int, _ fields: [Int]) {
        if collectors[resource]?[fields] == nil {
            collectors[resource, default: [:]][fields] = KeyCollector(fields: fields)
        }
    }

    subscript(resource: Int, fields: [Int]) -> KeyCollector? { collectors[resource]?[fields] }

    /// Returns the keys of a table.
    func keys(of resource: Resource) -> TableKeys {
        let own = (collectors[resource.index] ?? [:]).sorted { $0.key.lexicographicallyPrecedes($1.key) }
        return TableKeys(primaryKey: resource.schema?.primaryKey ?? [], collectors: own.map(\.value))
    }

    /// Returns the keys that must be unique in a table, with the rule that requires it.
    static func unique(_ schema: TableSchema) -> [(fields: [Int], rule: Rule)] {
        var unique: [(fields: [Int], rule: Rule)] = []
        if !schema.primaryKey.isEmpty { unique.append((schema.primaryKey, .primaryKey)) }
        unique += schema.uniqueKeys.map { ($0, .uniqueKey) }
        for (index, field) in schema.fields.enumerated()
        where field.constraints.isUnique && schema.primaryKey != [index] {
            unique.append(([index], .unique))
        }
        return unique
    }
}
