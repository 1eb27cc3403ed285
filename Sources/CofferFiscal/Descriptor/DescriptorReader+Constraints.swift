import CofferModel

extension DescriptorReader {
    mutating func readConstraints(_ node: DescriptorNode, _ field: Field, _ resource: String) -> Constraints {
        var constraints = Constraints()
        for (name, property) in parts(node.members, of: node) {
            let context = ConstraintContext(field: field, name: name, property: property, resource: resource)
            switch name {
            case "required": constraints.isRequired = bool(node, name, resource: resource) ?? false
            case "unique": constraints.isUnique = bool(node, name, resource: resource) ?? false
            case "minLength": constraints.minimumLength = length(context)
            case "maxLength": constraints.maximumLength = length(context)
            case "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum":
                if let bound = bound(context) { constraints.bounds.append(bound) }
            case "pattern": constraints.pattern = pattern(context)
            case "enum": constraints.enumeration = enumeration(context)
            default:
                findings.add(
                    .constraintUnknown, context.location, "\(quoted(name)) is not a known constraint and is not checked"
                )
            }
        }
        return constraints
    }

    private struct ConstraintContext {
        let field: Field
        let name: String
        let property: DescriptorNode
        let resource: String

        private static let plainReaders = [
            CellReader(form: .integer(NumberFormat())), CellReader(form: .number(NumberFormat())),
        ]

        /// Tries the readers for a value: a string is read as a cell of the field, a number as JSON writes it, whatever
        /// the format of the cells. Integers are tried first, since they are compared fastest.
        ///
        /// - Returns: the result of the first reader that accepts the value; nil if none does.
        func first<Value>(_ node: DescriptorNode, _ read: (CellReader) -> Value?) -> Value? {
            if !field.type.isNumeric || node.value.number == nil, let value = read(field.reader) { return value }
            guard field.type.isNumeric else { return nil }
            for reader in Self.plainReaders {
                if let value = read(reader) { return value }
            }
            return nil
        }

        var location: DescriptorPlace { property.location(resource: resource, field: field.name) }
    }

    private mutating func refuse(_ context: ConstraintContext, _ reason: @autoclosure () -> String) {
        findings.add(.constraint, context.location, "\(context.name) of \(quoted(context.field.name)) \(reason())")
    }

    /// Whether the constraint applies to the field's type.
    private mutating func applies(_ context: ConstraintContext, to types: Set<FieldType>) -> Bool {
        if types.contains(context.field.type) { return true }
        refuse(context, "does not apply to fields of type \(context.field.type.rawValue)")
        return false
    }

    private mutating func length(_ context: ConstraintContext) -> Int? {
        guard applies(context, to: [.string, .array, .object, .list, .any]) else { return nil }
        guard let length = context.property.value.integer, length >= 0 else {
            refuse(context, "must be a whole number, 0 or more")
            return nil
        }
        return length
    }

    private mutating func bound(_ context: ConstraintContext) -> Constraints.Bound? {
        let types: Set<FieldType> = [.integer, .number, .date, .time, .datetime, .year, .yearmonth]
        guard applies(context, to: types) else { return nil }
        guard let text = context.property.cellText,
            let value = context.first(context.property, { $0.read(text) }),
            value.order(value) != nil
        else {
            refuse(context, "must be \(context.field.reader.expected)")
            return nil
        }
        return Constraints.Bound(
            isMinimum: ["minimum", "exclusiveMinimum"].contains(context.name),
            isExclusive: context.name.hasPrefix("exclusive"), value: value, text: text)
    }

    private mutating func pattern(_ context: ConstraintContext) -> CellPattern? {
        guard applies(context, to: [.string, .any]) else { return nil }
        guard let text = context.property.value.string else {
            refuse(context, "must be a string")
            return nil
        }
        do throws(PatternFault) {
            return try CellPattern(text, effort: &patternEffort)
        } catch {
            refuse(context, "is \(quoted(text)), which cannot be used: \(error.reason)")
            return nil
        }
    }

    private mutating func enumeration(_ context: ConstraintContext) -> Constraints.Enumeration? {
        guard context.property.value.array?.isEmpty == false else {
            refuse(context, "must be an array with at least one value")
            return nil
        }
        var values: [(text: String, canonical: [UInt8])] = []
        for item in parts(context.property.items, of: context.property) {
            guard let text = item.cellText,
                let canonical = context.first(item, { $0.canonical(text) })
            else {
                refuse(
                    context,
                    "contains \(item.cellText.map(quoted) ?? item.value.kind), which is not \(context.field.reader.expected)"
                )
                continue
            }
            values.append((text, canonical))
        }
        return Constraints.Enumeration(values)
    }
}
