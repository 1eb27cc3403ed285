import CofferModel

/// Compares the header of a table with the fields of its schema, and maps columns to fields.
struct HeaderCheck {
    /// The field of every column; nil for a column without one.
    private(set) var fields: [Int?] = []
    private(set) var findings: [Found] = []

    typealias Found = (rule: Rule, column: Int?, message: String)

    /// Checks only the names.
    init(_ header: [String]) { checkNames(header) }

    init(_ header: [String], _ schema: TableSchema, isCaseSensitive: Bool) {
        let fold = { (name: String) in ExactText(isCaseSensitive ? name : name.lowercased()) }
        let names = schema.fields.map { fold($0.name) }
        // A schema may have several fields with one name; their columns are then matched in order.
        checkNames(header, mayOccur: Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +), fold)
        matchNames(header, schema, fold)
        matchSpacedNames(header, schema, fold)
        let extra = fields.indices.filter { fields[$0] == nil }
        let present = Set(fields.compactMap { $0 })
        let missing = names.indices.filter { !present.contains($0) }
        // Each column without a field is at the position of a field without a column: the column has a different name.
        if schema.fieldsMatch == .exact, extra == missing, header.count == names.count {
            for index in extra {
                fields[index] = index
                add(
                    .headerName, index,
                    "the column is named \(quoted(header[index])), but its field \(quoted(schema.fields[index].name))")
            }
        } else {
            report(extra, missing, header, schema)
        }
        if schema.fieldsMatch == .exact { checkOrder(header, schema) }
    }

    /// Finds the field of each column: the first one with its name that no other column has, or else the first one.
    /// Exact matches take precedence over those in different case.
    private mutating func matchNames(_ header: [String], _ schema: TableSchema, _ fold: (String) -> ExactText) {
        fields = Array(repeating: nil, count: header.count)
        var taken: Set<Int> = []
        for isFolded in [false, true] {
            func spelling(_ name: String) -> ExactText { isFolded ? fold(name) : ExactText(name) }
            var free: [ExactText: [Int]] = [:]
            for (index, field) in schema.fields.enumerated().reversed() where !taken.contains(index) {
                free[spelling(field.name), default: []].append(index)
            }
            for column in header.indices where fields[column] == nil {
                guard let field = free[spelling(header[column])]?.popLast() else { continue }
                fields[column] = field
                taken.insert(field)
            }
        }
        let first = Dictionary(schema.fields.enumerated().map { (fold($1.name), $0) }) { first, _ in first }
        for column in header.indices where fields[column] == nil { fields[column] = first[fold(header[column])] }
    }

    /// Finds the fields of columns whose names differ from the field's only in surrounding spaces.
    private mutating func matchSpacedNames(_ header: [String], _ schema: TableSchema, _ fold: (String) -> ExactText) {
        let present = Set(fields.compactMap { $0 })
        let open = schema.fields.indices.filter { !present.contains($0) }
        guard !open.isEmpty else { return }
        func trim(_ name: String) -> ExactText { fold(String(name.trimming { $0.isWhitespace })) }
        var free = Dictionary(open.map { (trim(schema.fields[$0].name), $0) }) { first, _ in first }
        for index in fields.indices where fields[index] == nil {
            guard let field = free.removeValue(forKey: trim(header[index])) else { continue }
            fields[index] = field
            add(
                .headerSpace, index,
                "the column name \(quoted(header[index])) differs in spaces from its field "
                    + "\(quoted(schema.fields[field].name)): other readers may not match them")
        }
    }

    private mutating func add(_ rule: Rule, _ column: Int?, _ message: String) {
        findings.append((rule, column, message))
    }

    /// - Parameter mayOccur: how often a name may occur; once by default.
    private mutating func checkNames(
        _ header: [String], mayOccur: [ExactText: Int] = [:], _ fold: (String) -> ExactText = { ExactText($0) }
    ) {
        var seen: [ExactText: (index: Int, count: Int)] = [:]
        for (index, name) in header.enumerated() {
            if name.isEmpty {
                add(.headerBlank, index, "the column has no name")
                continue
            }
            let before = seen[ExactText(name)]
            seen[ExactText(name)] = (index, (before?.count ?? 0) + 1)
            if let before, before.count >= mayOccur[fold(name)] ?? 1 {
                add(.headerDuplicate, index, "column \(before.index + 1) is also named \(quoted(name))")
            }
        }
    }

    private mutating func report(_ extra: [Int], _ missing: [Int], _ header: [String], _ schema: TableSchema) {
        if [.exact, .equal, .superset].contains(schema.fieldsMatch) {
            for index in extra { add(.headerExtra, index, "\(quoted(header[index])) is not a field of the schema") }
        }
        switch schema.fieldsMatch {
        case .exact, .equal, .subset:
            for index in missing {
                add(.headerFieldMissing, nil, "the schema's field \(quoted(schema.fields[index].name)) has no column")
            }
        case .superset, .partial:
            if missing.count == schema.fields.count {
                add(.headerFieldMissing, nil, "no field of the schema has a column")
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
            "the column \(quoted(header[column])) must come before \(quoted(header[order[index - 1].0])): the columns "
                + "must be in the order of the schema's fields")
    }
}
