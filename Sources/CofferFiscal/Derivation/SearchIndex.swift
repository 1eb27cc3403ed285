/// Adds the labels of a table to the full-text index: each distinct text once per code that it is the label of.
struct SearchIndex {
    let package: PackageDescriptor

    /// A column of labels, and the column of their codes.
    private struct Labels: Hashable {
        let field: Int
        let code: Int?
        /// Whether nothing declares the column to be one of labels.
        var isGuess = false
    }

    /// The maximum number of distinct texts in a guessed column of labels; with more it is assumed to contain something
    /// else.
    private static let guessCount = 50_000

    func write(_ table: DerivedTable, _ resource: Resource, package name: String, in database: DerivedDatabase)
        throws(PackageError)
    {
        guard let schema = resource.schema else { return }
        for labels in labels(resource, schema) {
            guard let text = column(labels.field, table) else { continue }
            if labels.isGuess, try hasTooMany(text, table, database) { continue }
            let code = labels.code.flatMap { column($0, table) }
            let (textName, codeName) = (DerivedDatabase.quoted(text), code.map(DerivedDatabase.quoted) ?? "NULL")
            try database.run(
                """
                INSERT INTO search SELECT DISTINCT \(textName), 'label', ?, ?, ?, \(codeName)
                FROM \(DerivedDatabase.quoted(table.name)) WHERE \(textName) <> ''
                """, [.text(name), .text(table.name), .text(text)])
        }
    }

    private func hasTooMany(
        _ column: String, _ table: DerivedTable, _ database: DerivedDatabase
    ) throws(PackageError) -> Bool {
        let texts = """
            SELECT count(*) FROM (SELECT DISTINCT \(DerivedDatabase.quoted(column))
            FROM \(DerivedDatabase.quoted(table.name)) LIMIT \(Self.guessCount + 1))
            """
        return try database.texts(texts).first.flatMap { Int($0) } ?? 0 > Self.guessCount
    }

    private func column(_ field: Int, _ table: DerivedTable) -> String? {
        table.columns.first { if case .field(field, _) = $0.content { true } else { false } }?.name
    }

    /// Returns the labels declared by the model and the column types; for a table with neither, all text except the
    /// key.
    private func labels(_ resource: Resource, _ schema: TableSchema) -> [Labels] {
        let found = modelLabels(resource) + columnTypeLabels(schema)
        if !found.isEmpty { return found.reduce(into: []) { if !$0.contains($1) { $0.append($1) } } }
        let isInModel = package.model?.measures.contains { $0.source.resource == resource.index } ?? false
        guard !isInModel, !schema.fields.contains(where: { $0.columnType != nil }) else { return [] }
        let code = schema.primaryKey.count == 1 ? schema.primaryKey.first : nil
        return schema.fields.indices.filter { schema.fields[$0].type == .string && !schema.primaryKey.contains($0) }
            .map { Labels(field: $0, code: code, isGuess: true) }
    }

    private func modelLabels(_ resource: Resource) -> [Labels] {
        (package.model?.dimensions ?? []).flatMap { dimension in
            dimension.attributes.compactMap { attribute -> Labels? in
                guard let target = attribute.labelFor, let field = source(attribute, resource) else { return nil }
                let code = dimension.attributes.first { $0.name == target }.flatMap { source($0, resource) }
                return Labels(field: field, code: code)
            }
        }
    }

    private func source(_ attribute: Attribute, _ resource: Resource) -> Int? {
        guard case .source(let reference) = attribute.content, reference.resource == resource.index else { return nil }
        return reference.field
    }

    private func columnTypeLabels(_ schema: TableSchema) -> [Labels] {
        schema.fields.indices.compactMap { index in
            guard let name = schema.fields[index].columnType, let code = package.columnTypes.type(name)?.labelOf else {
                return nil
            }
            return Labels(field: index, code: schema.fields.firstIndex { $0.columnType == code })
        }
    }
}
