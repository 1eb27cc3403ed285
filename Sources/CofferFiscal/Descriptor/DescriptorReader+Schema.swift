import CofferModel

extension DescriptorReader {
    mutating func readSchema(_ node: DescriptorNode, _ resource: String) -> TableSchema? {
        let nodes = array(node, "fields", resource: resource)
        guard !nodes.isEmpty else {
            if node["fields"].map({ $0.value.array?.isEmpty == true }) ?? true {
                findings.add(.schemaFields, node.location(resource: resource), "the schema has no fields")
            }
            return nil
        }
        var schema = TableSchema()
        if let texts = missingValues(node, resource) { schema.missingValues = texts }
        schema.fieldsMatch = readFieldsMatch(node, resource)
        var names: Set<ExactText> = []
        for (index, node) in nodes.enumerated() {
            guard node.isObject else {
                findings.add(
                    .propertyType, node.location(resource: resource),
                    "a field must be an object, not \(node.value.kind)")
                continue
            }
            let field = readField(node, index, resource)
            if !names.insert(ExactText(field.name)).inserted {
                findings.add(
                    .fieldNameDuplicate, node.location(resource: resource, field: field.name),
                    "another field is also named \(quoted(field.name)): rename one of them")
            }
            schema.append(field)
        }
        return schema
    }

    /// Reads texts, or objects with a `value` (Table Schema 2.0).
    private mutating func missingValues(_ node: DescriptorNode, _ resource: String) -> [[UInt8]]? {
        guard node["missingValues"] != nil else { return nil }
        return array(node, "missingValues", resource: resource).compactMap { item in
            if let text = item.value.string ?? item["value"]?.value.string { return Array(text.utf8) }
            mistyped(item, "a missing value", "a string", resource)
            return nil
        }
    }

    private mutating func readFieldsMatch(_ node: DescriptorNode, _ resource: String) -> TableSchema.FieldsMatch {
        guard let text = strings(node, "fieldsMatch", resource: resource)?.first, let place = node["fieldsMatch"] else {
            return .exact
        }
        if let match = TableSchema.FieldsMatch(rawValue: text) { return match }
        findings.add(
            .fieldsMatch, place.location(resource: resource),
            "fieldsMatch \(quoted(text)) is not allowed; allowed: exact, equal, subset, superset, partial")
        return .exact
    }

    private mutating func readField(_ node: DescriptorNode, _ index: Int, _ resource: String) -> Field {
        let name = string(node, "name", resource: resource) ?? ""
        if name.isEmpty {
            findings.add(.fieldName, node.location(resource: resource), "field \(index + 1) has no name")
        }
        let (type, reader) = readType(node, resource, name)
        var field = Field(
            name: name.isEmpty ? "field-\(index + 1)" : name, title: string(node, "title", resource: resource),
            type: type, reader: reader, node: node)
        field.missingValues = missingValues(node, resource)
        field.columnType =
            string(node, "columnType", resource: resource) ?? string(node, "osType", resource: resource)
        if let constraints = object(node, "constraints", resource: resource) {
            field.constraints = readConstraints(constraints, field, resource)
        }
        let normalize = object(node, "normalize", resource: resource)
        for (name, value) in parts(normalize?.members ?? [], of: normalize ?? node) {
            field.normalize.append((name, value.cellText ?? ""))
        }
        return field
    }

    // MARK: Types and formats

    mutating func readType(
        _ node: DescriptorNode, _ resource: String, _ name: String
    ) -> (FieldType, CellReader) {
        guard let text = string(node, "type", resource: resource) else { return (.any, CellReader(form: .any)) }
        guard let type = FieldType(rawValue: text) else {
            findings.add(
                .fieldType, (node["type"] ?? node).location(resource: resource, field: name),
                "\(quoted(text)) is not a field type; allowed: \(FieldType.names)")
            return (.any, CellReader(form: .any))
        }
        let format = string(node, "format", resource: resource) ?? "default"
        guard let form = form(type, format, node, resource) else {
            findings.add(
                .fieldFormat, (node["format"] ?? node).location(resource: resource, field: name),
                "the format \(quoted(format)) of the type \(text) is not supported: the cells are not checked")
            return (type, CellReader(form: .any))
        }
        return (type, CellReader(form: form))
    }

    private mutating func form(
        _ type: FieldType, _ format: String, _ node: DescriptorNode, _ resource: String
    ) -> CellReader.Form? {
        switch type {
        case .any: return .any
        case .string: return CellReader.StringFormat(rawValue: format).map(CellReader.Form.string)
        case .number: return .number(numberFormat(node, resource))
        case .integer: return .integer(numberFormat(node, resource))
        case .boolean: return booleanForm(node, resource)
        case .date: return dateFormat(format).map(CellReader.Form.date)
        case .time: return dateFormat(format).map(CellReader.Form.time)
        case .datetime: return dateFormat(format).map(CellReader.Form.dateTime)
        case .year: return .year
        case .yearmonth: return .yearMonth
        case .duration: return .duration
        case .geopoint: return CellReader.GeoPointFormat(rawValue: format).map(CellReader.Form.geoPoint)
        case .geojson: return .geoJSON
        case .object: return .object
        case .array: return .array
        case .list: return listForm(node, resource)
        }
    }

    private func dateFormat(_ format: String) -> CellReader.DateFormat? {
        if format == "default" { return .iso }
        if format == "any" { return .any }
        let pattern = format.hasPrefix("fmt:") ? String(format.dropFirst(4)) : format
        return DatePattern(pattern).map(CellReader.DateFormat.pattern)
    }

    private mutating func numberFormat(_ node: DescriptorNode, _ resource: String) -> NumberFormat {
        var format = NumberFormat()
        if let text = string(node, "decimalChar", resource: resource), !text.isEmpty {
            format.decimal = Array(text.utf8)
        }
        if let text = string(node, "groupChar", resource: resource) { format.group = Array(text.utf8) }
        format.isBare = bool(node, "bareNumber", resource: resource) ?? true
        return format
    }

    private mutating func booleanForm(_ node: DescriptorNode, _ resource: String) -> CellReader.Form {
        let isTrue = strings(node, "trueValues", resource: resource) ?? ["true", "True", "TRUE", "1"]
        let isFalse = strings(node, "falseValues", resource: resource) ?? ["false", "False", "FALSE", "0"]
        return .boolean(
            isTrue: TextSet(isTrue.map { Array($0.utf8) }), isFalse: TextSet(isFalse.map { Array($0.utf8) }))
    }

    private mutating func listForm(_ node: DescriptorNode, _ resource: String) -> CellReader.Form? {
        let delimiter = Array((string(node, "delimiter", resource: resource) ?? ",").utf8)
        let itemType = FieldType(rawValue: string(node, "itemType", resource: resource) ?? "string")
        guard delimiter.count == 1, let itemType else { return nil }
        switch itemType {
        case .string, .integer, .number, .boolean, .datetime, .date, .time:
            return form(itemType, "default", node, resource).map {
                .list(delimiter: delimiter[0], CellReader(form: $0))
            }
        default: return nil
        }
    }
}
