/// Compares the header of a table with the fields of its schema, and tells which column is which field.
struct HeaderCheck {
    /// The field of every column; nil for a column that is none.
    private(set) var fields: [Int?] = []
    private(set) var findings: [Found] = []

    typealias Found = (rule: Rule, column: Int?, message: String)

    /// Looks at the names alone.
    init(_ header: [String]) { checkNames(header) }

    init(_ header: [String], _ schema: TableSchema, isCaseSensitive: Bool) {
        checkNames(header)
        let fold = { (name: String) in isCaseSensitive ? name : name.lowercased() }
        let names = schema.fields.map { fold($0.name) }
        let columns = header.map(fold)
        let places = Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }
        let present = Set(columns)
        let extra = columns.indices.filter { places[columns[$0]] == nil }
        let missing = names.indices.filter { !present.contains(names[$0]) }
        fields = columns.map { places[$0] }
        // Each column that is no field stands where a field is that is no column: it has another name.
        if schema.fieldsMatch == .exact, extra == missing, columns.count == names.count {
            for index in extra {
                fields[index] = index
                add(
                    .headerName, index,
                    "the column is called \(quoted(header[index])), its field \(quoted(schema.fields[index].name))")
            }
        } else {
            report(extra, missing, header, schema)
        }
        if schema.fieldsMatch == .exact { checkOrder(header, schema) }
    }

    private mutating func add(_ rule: Rule, _ column: Int?, _ message: String) {
        findings.append((rule, column, message))
    }

    private mutating func checkNames(_ header: [String]) {
        var seen: [String: Int] = [:]
        for (index, name) in header.enumerated() {
            if name.isEmpty {
                add(.headerBlank, index, "the column has no name")
            } else if let first = seen.updateValue(index, forKey: name) {
                add(.headerDuplicate, index, "\(quoted(name)) is the name of column \(first + 1) as well")
            }
        }
    }

    private mutating func report(_ extra: [Int], _ missing: [Int], _ header: [String], _ schema: TableSchema) {
        if [.exact, .equal, .superset].contains(schema.fieldsMatch) {
            for index in extra { add(.headerExtra, index, "\(quoted(header[index])) is no field of the schema") }
        }
        switch schema.fieldsMatch {
        case .exact, .equal, .subset:
            for index in missing {
                add(.headerFieldMissing, nil, "the schema's field \(quoted(schema.fields[index].name)) is no column")
            }
        case .superset, .partial:
            if missing.count == schema.fields.count {
                add(.headerFieldMissing, nil, "none of the schema's fields is a column")
            }
        }
    }

    private mutating func checkOrder(_ header: [String], _ schema: TableSchema) {
        var seen: Set<Int> = []
        let order = fields.enumerated().compactMap { column, field in
            field.flatMap { seen.insert($0).inserted ? (column, $0) : nil }
        }
        guard let index = order.indices.dropFirst().first(where: { order[$0].1 < order[$0 - 1].1 }) else { return }
        let column = order[index].0
        add(
            .headerOrder, column,
            "\(quoted(header[column])) comes before \(quoted(header[order[index - 1].0])) in the schema; the columns are "
                + "to be in the order of its fields")
    }
}
