import CofferModel

extension DescriptorReader {
    mutating func readColumnTypes(_ root: DescriptorNode) {
        let taxonomy = readTaxonomy(root)
        package.columnTypes = taxonomy.types
        for index in package.resources.indices {
            readExtraFields(index)
            guard let schema = package.resources[index].schema else { continue }
            check(schema, package.resources[index].name, taxonomy.types, isWhole: taxonomy.isWhole)
        }
    }

    // MARK: The taxonomy

    /// - Returns: the types, and whether all of them are known; those at URLs are not.
    private mutating func readTaxonomy(_ root: DescriptorNode) -> (types: ColumnTaxonomy, isWhole: Bool) {
        guard let property = root["columnTypes"] else { return (.standard, true) }
        var taxonomy = ColumnTaxonomy.standard
        var isWhole = true
        for item in parts(property.isArray ? property.items : [property], of: property) {
            if let url = item.value.string {
                let isStandard = Self.isStandardTaxonomy(url)
                isWhole = isWhole && isStandard
                if !isStandard {
                    findings.add(
                        .columnTypesRemote, item.location,
                        "column types at URLs are not fetched: define them in the descriptor")
                }
            } else if item.isObject {
                if let type = readColumnType(item) { taxonomy.add(type) }
            } else {
                findings.add(
                    .columnTypes, item.location, "a column type must be an object or a URL, not \(item.value.kind)")
            }
        }
        return (taxonomy, isWhole)
    }

    /// Returns whether a URL names one of the built-in taxonomies, which are published in two files with these names.
    private static func isStandardTaxonomy(_ url: String) -> Bool {
        url.hasSuffix("/fiscal/budgets.json") || url.hasSuffix("/fiscal/spending.json")
    }

    private mutating func readColumnType(_ node: DescriptorNode) -> ColumnType? {
        guard let name = string(node, "name"), !name.isEmpty else {
            findings.add(.columnTypes, node.location, "a column type needs a name")
            return nil
        }
        let dataType = string(node, "dataType")
        if let dataType, FieldType(rawValue: dataType) == nil {
            findings.add(
                .columnTypes, node.location,
                "the data type \(quoted(dataType)) of the column type \(quoted(name)) is not a field type; allowed: "
                    + FieldType.names)
        }
        return ColumnType(
            name: name, dataType: dataType.flatMap(FieldType.init), isUnique: bool(node, "unique") ?? false,
            labelOf: string(node, "labelOf"), prior: string(node, "prior"))
    }

    // MARK: Fields

    private mutating func readExtraFields(_ index: Int) {
        let resource = package.resources[index]
        guard var schema = resource.schema, let node = referenced(resource.node, "schema", resource.name) else {
            return
        }
        var extras: [ExtraField] = []
        for item in array(node, "extraFields", resource: resource.name) {
            if let extra = readExtraField(item, resource.name) { extras.append(extra) }
        }
        schema.extraFields = extras
        package.setSchema(schema, ofResource: index)
        let targets = extras.filter { if case .normalizationTarget = $0.content { true } else { false } }
        let names = Set(targets.map(\.name))
        for field in schema.fields {
            for (name, _) in field.normalize where !names.contains(name) {
                findings.add(
                    .normalize, field.node.location(resource: resource.name, field: field.name),
                    "the field \(quoted(field.name)) is normalized into \(quoted(name)), which is not an extra field with "
                        + "normalizationTarget")
            }
        }
    }

    private mutating func readExtraField(_ node: DescriptorNode, _ resource: String) -> ExtraField? {
        let location = node.location(resource: resource)
        guard let name = string(node, "name", resource: resource), !name.isEmpty else {
            findings.add(.extraField, location, "an extra field has no name")
            return nil
        }
        let constant = node["constant"]?.cellText
        let isTarget = bool(node, "normalizationTarget", resource: resource) ?? false
        guard isTarget != (constant != nil) else {
            findings.add(
                .extraField, location,
                "the extra field \(quoted(name)) needs a constant or normalizationTarget, and not both")
            return nil
        }
        return ExtraField(
            name: name, type: readType(node, resource, name).0,
            columnType: string(node, "columnType", resource: resource),
            content: constant.map(ExtraField.Content.constant) ?? .normalizationTarget)
    }

    private struct TypedColumn {
        let name: String
        let type: FieldType
        let columnType: String
        let location: DescriptorPlace
    }

    private mutating func check(_ schema: TableSchema, _ resource: String, _ taxonomy: ColumnTaxonomy, isWhole: Bool) {
        var columns = schema.fields.compactMap { field in
            field.columnType.map {
                TypedColumn(
                    name: field.name, type: field.type, columnType: $0,
                    location: (field.node["columnType"] ?? field.node["osType"] ?? field.node)
                        .location(resource: resource, field: field.name))
            }
        }
        // osType is the older property with different words, so only the form of its names is checked.
        let hasColumnTypes = schema.fields.contains { $0.node["columnType"] != nil }
        let extras = schema.extraFields.compactMap(\.columnType)
        columns.removeAll { column in !isWellFormed(column) }
        guard hasColumnTypes else { return }
        let present = Set(columns.map(\.columnType) + extras)
        for column in columns { check(column, present, taxonomy, isWhole: isWhole) }
        if !present.contains(where: { $0 == "value" || $0.hasPrefix("value:") }), let first = columns.first {
            findings.add(
                .columnTypeValue, Finding.Location(first.location.file, resource: resource),
                "no column of the table has the column type value")
        }
    }

    private mutating func isWellFormed(_ column: TypedColumn) -> Bool {
        let words = column.columnType.utf8.split(
            separator: UInt8(ascii: ":"), maxSplits: ColumnTaxonomy.wordLimit, omittingEmptySubsequences: false)
        if words.count <= ColumnTaxonomy.wordLimit, words.allSatisfy({ !$0.isEmpty && $0.allSatisfy(Self.isOfWord) }) {
            return true
        }
        findings.add(
            .columnType, column.location,
            "\(quoted(column.columnType)) is not a column type: use words of letters, digits, - and _, separated by "
                + "colons, \(ColumnTaxonomy.wordLimit) at most")
        return false
    }

    private static func isOfWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private mutating func check(
        _ column: TypedColumn, _ present: Set<String>, _ taxonomy: ColumnTaxonomy, isWhole: Bool
    ) {
        let owner = "the column type \(quoted(column.columnType)) of \(quoted(column.name))"
        guard let type = taxonomy.type(column.columnType) else {
            if isWhole, !taxonomy.knows(column.columnType) {
                findings.add(
                    .columnTypeUnknown, column.location, "\(owner) is not in the taxonomy: it is not checked")
            }
            return
        }
        if let expected = type.dataType, column.type != expected, !Self.isKind(column.type, of: expected) {
            findings.add(
                .columnTypeDataType, column.location,
                "\(owner) needs a field of type \(expected.rawValue), not \(column.type.rawValue)")
        }
        if let code = type.labelOf, !present.contains(code), code != column.columnType {
            findings.add(.columnTypeLabelOf, column.location, "\(owner) is the label of \(code), which no column has")
        }
        if let prior = type.prior, !present.contains(prior) {
            findings.add(
                .columnTypePrior, column.location, "\(owner) follows \(prior) in the hierarchy, which no column has")
        }
    }

    /// Returns whether a type is acceptable: an integer is a number, a year an integer, and any matches everything.
    private static func isKind(_ type: FieldType, of expected: FieldType) -> Bool {
        switch (type, expected) {
        case (.any, _), (.integer, .number), (.year, .integer), (.year, .number), (.datetime, .date): true
        default: false
        }
    }
}
