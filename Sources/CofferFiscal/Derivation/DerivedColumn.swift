/// A column of a derived table: the source of its values and their type.
struct DerivedColumn: Sendable {
    let name: String
    let field: String?
    let title: String?
    let type: FieldType
    let columnType: String?
    let content: Content

    enum Content: Sendable {
        /// The cells of a field, multiplied by a factor.
        case field(Int, factor: Double)
        case constant(DerivedConstant)
        /// The value that the normalized field of the row assigns to the extra field with this name.
        case target(String)
        /// The cell of the normalized field, multiplied by a factor.
        case value(factor: Double)
    }

    var sqlType: String {
        switch type {
        case .integer, .year, .boolean: factor.rounded() == factor ? "INTEGER" : "REAL"
        case .number: "REAL"
        default: "TEXT"
        }
    }

    var isText: Bool { sqlType == "TEXT" }

    var factor: Double {
        switch content {
        case .field(_, let factor), .value(let factor): factor
        case .constant, .target: 1
        }
    }
}

/// The text of a constant, and the type as which it is read.
struct DerivedConstant: Sendable {
    let text: String
    let type: FieldType

    private var number: DecimalNumber? { Array(text.utf8).withUnsafeBufferPointer(NumberFormat.plainNumber) }

    var value: DerivedValue {
        switch type {
        case .integer, .year: Int64(text).map(DerivedValue.integer) ?? .text(text)
        case .number: number.map { .real($0.scaled(by: 1)) } ?? .text(text)
        case .boolean: truth.map { .integer($0 ? 1 : 0) } ?? .text(text)
        default: .text(text)
        }
    }

    private var truth: Bool? {
        switch text.lowercased() {
        case "true", "1": true
        case "false", "0": false
        default: nil
        }
    }
}

/// The columns of a resource's table, and the fields whose cells become separate rows.
struct DerivedColumns: Sendable {
    private(set) var columns: [DerivedColumn] = []
    /// The fields with `normalize`; if empty, each row remains one row.
    private(set) var normalized: [Int] = []
    /// The column of each measure, by the name of the measure.
    private(set) var measures: [String: String] = [:]
    private var names: Set<String> = []
    private var numbered = NumberedNames()

    init(_ resource: Resource, _ schema: TableSchema, _ model: FiscalModel?) {
        normalized = schema.fields.indices.filter { !schema.fields[$0].normalize.isEmpty }
        let measures = (model?.measures ?? []).filter { $0.source.resource == resource.index }
        for index in schema.fields.indices where !normalized.contains(index) {
            add(schema.fields[index], index, measures.filter { $0.source.field == index })
        }
        for extra in schema.extraFields { add(extra, schema, measures) }
        let hasValue = columns.contains { if case .value = $0.content { true } else { false } }
        if let first = normalized.first, !hasValue { addValue("value", schema.fields[first], measures) }
    }

    /// Returns a name that is not empty, and differs from the others in more than case.
    private mutating func unique(_ name: String) -> String {
        let name = name.isEmpty ? "column" : name
        let unique = numbered.next(name, " ", key: name.lowercased()) { !names.contains($0.lowercased()) }
        names.insert(unique.lowercased())
        return unique
    }

    /// Adds the column of a field, with the factor of its measure applied. A further measure of the field with another
    /// factor gets its own column.
    private mutating func add(_ field: Field, _ index: Int, _ measures: [Measure]) {
        let factor = measures.first?.factor ?? 1
        let name = unique(field.name)
        columns.append(
            DerivedColumn(
                name: name, field: field.name, title: field.title, type: field.type, columnType: field.columnType,
                content: .field(index, factor: factor)))
        for measure in measures {
            guard measure.factor != factor else {
                self.measures[measure.name] = name
                continue
            }
            let name = unique(measure.name)
            self.measures[measure.name] = name
            columns.append(
                DerivedColumn(
                    name: name, field: field.name, title: nil, type: field.type, columnType: field.columnType,
                    content: .field(index, factor: measure.factor)))
        }
    }

    private mutating func add(_ extra: ExtraField, _ schema: TableSchema, _ measures: [Measure]) {
        switch extra.content {
        case .constant(let text):
            columns.append(
                DerivedColumn(
                    name: unique(extra.name), field: extra.name, title: nil, type: extra.type,
                    columnType: extra.columnType,
                    content: .constant(DerivedConstant(text: text, type: extra.type))))
        case .normalizationTarget:
            let isNamed = normalized.contains { schema.fields[$0].normalize.contains { $0.name == extra.name } }
            if let first = normalized.first, !isNamed { return addValue(extra.name, schema.fields[first], measures) }
            columns.append(
                DerivedColumn(
                    name: unique(extra.name), field: extra.name, title: nil, type: extra.type,
                    columnType: extra.columnType,
                    content: .target(extra.name)))
        }
    }

    /// Adds the column for the cells of normalized fields.
    private mutating func addValue(_ name: String, _ field: Field, _ measures: [Measure]) {
        let own = measures.filter { normalized.contains($0.source.field) }
        let factor = own.first?.factor ?? 1
        let name = unique(name)
        for measure in own { self.measures[measure.name] = name }
        columns.append(
            DerivedColumn(
                name: name, field: nil, title: nil, type: field.type, columnType: field.columnType,
                content: .value(factor: factor)))
    }
}
