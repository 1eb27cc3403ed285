import CofferModel

extension DescriptorReader {
    /// Returns the model, under its current name or its name until 0.3.0-alpha8, which other tools use for other
    /// purposes.
    func model(_ root: DescriptorNode) -> DescriptorNode? {
        if let model = root["model"] { return model }
        guard let mapping = root["mapping"], mapping["measures"] != nil || mapping["dimensions"] != nil else {
            return nil
        }
        return mapping
    }

    mutating func readModel(_ root: DescriptorNode) {
        guard let node = model(root) else { return }
        guard node.isObject else { return mistyped(node, "model", "an object", nil) }
        var model = FiscalModel()
        let measures = members(node, "measures")
        if measures.isEmpty { findings.add(.modelMeasures, node.location, "the model has no measures") }
        for (name, node) in measures {
            if let measure = readMeasure(name, node) { model.measures.append(measure) }
        }
        let dimensions = members(node, "dimensions")
        if dimensions.isEmpty { findings.add(.modelDimensions, node.location, "the model has no dimensions") }
        for (name, node) in dimensions {
            if let dimension = readDimension(name, node) { model.dimensions.append(dimension) }
        }
        package.model = model
    }

    private typealias Members = ArraySlice<(name: String, node: DescriptorNode)>

    private mutating func members(_ node: DescriptorNode, _ name: String) -> Members {
        guard let object = self.object(node, name) else { return [] }
        return parts(object.members, of: object)
    }

    private mutating func isObject(_ node: DescriptorNode, _ kind: String) -> Bool {
        if node.isObject { return true }
        findings.add(.propertyType, node.location, "\(kind) must be an object, not \(node.value.kind)")
        return false
    }

    // MARK: Measures

    private mutating func readMeasure(_ name: String, _ node: DescriptorNode) -> Measure? {
        guard isObject(node, "a measure") else { return nil }
        func owner() -> String { "the measure \(quoted(name))" }
        let currency = readCurrency(node, owner)
        let factor = readFactor(node, owner)
        let direction = check(node, "direction", ["expenditure", "revenue"], .measureDirection, of: owner)
        let phases = ["proposed", "approved", "adjusted", "executed"]
        let phase = check(node, "phase", phases, .measurePhase, of: owner)
        guard let source = string(node, "source") else {
            if node["source"] == nil { findings.add(.measureSource, node.location, "\(owner()) has no source") }
            return nil
        }
        guard let reference = resolve(source, node, .measureSource, owner) else { return nil }
        if let field = field(reference), !field.type.isNumeric {
            findings.add(
                .measureType, node.location,
                "the source \(quoted(source)) of \(owner()) must be a number, but has type \(field.type.rawValue)")
        }
        return Measure(
            name: name, source: reference, currency: currency, factor: factor, direction: direction, phase: phase)
    }

    private mutating func readCurrency(_ node: DescriptorNode, _ owner: () -> String) -> String? {
        guard let currency = string(node, "currency"), let place = node["currency"] else {
            if node["currency"] == nil {
                findings.add(.measureCurrency, node.location, "\(owner()) has no currency: add one, such as EUR")
            }
            return nil
        }
        if Self.isLetters(currency, 3), currency == currency.uppercased() { return currency }
        findings.add(
            .measureCurrency, place.location,
            "the currency \(quoted(currency)) of \(owner()) is not valid: use three capital letters (ISO 4217), such as EUR"
        )
        return nil
    }

    private mutating func readFactor(_ node: DescriptorNode, _ owner: () -> String) -> Double {
        guard let place = node["factor"] else { return 1 }
        if let factor = place.value.number?.double, factor != 0, factor.isFinite { return factor }
        findings.add(.measureFactor, place.location, "the factor of \(owner()) must be a number other than zero")
        return 1
    }

    // MARK: Dimensions

    private static let dimensionTypes = [
        "datetime", "entity", "classification", "activity", "fact", "location", "other",
    ]

    private mutating func readDimension(_ name: String, _ node: DescriptorNode) -> Dimension? {
        guard isObject(node, "a dimension") else { return nil }
        func owner() -> String { "the dimension \(quoted(name))" }
        var dimension = Dimension(name: name)
        dimension.type = check(node, "dimensionType", Self.dimensionTypes, .dimensionType, of: owner)
        dimension.classificationType = check(
            node, "classificationType", ["functional", "administrative", "economic"], .dimensionClassification,
            of: owner)
        // Attributes were called fields until 0.3.0-alpha5.
        let key = node["attributes"] == nil && node["fields"]?.isObject == true ? "fields" : "attributes"
        let members = self.members(node, key)
        if members.isEmpty { findings.add(.dimensionAttributes, node.location, "\(owner()) has no attributes") }
        for (name, node) in members {
            if let attribute = readAttribute(name, node, of: owner) { dimension.attributes.append(attribute) }
        }
        let names = Set(members.map { ExactText($0.name) })
        dimension.primaryKey = readPrimaryKey(node, names, owner)
        checkRelations(dimension, names, members, owner)
        return dimension
    }

    private mutating func readPrimaryKey(_ node: DescriptorNode, _ names: Set<ExactText>, _ owner: () -> String)
        -> [String]
    {
        guard let place = node["primaryKey"] else {
            findings.add(.dimensionKey, node.location, "\(owner()) has no primaryKey")
            return []
        }
        let key = strings(node, "primaryKey") ?? []
        if key.isEmpty, place.isArray {
            findings.add(.dimensionKey, place.location, "the primaryKey of \(owner()) is empty")
        }
        for name in key where !names.contains(ExactText(name)) {
            findings.add(
                .dimensionKey, place.location,
                "the primaryKey of \(owner()) names the attribute \(quoted(name)), which does not exist"
            )
        }
        return key.filter { names.contains(ExactText($0)) }
    }

    private mutating func readAttribute(
        _ name: String, _ node: DescriptorNode, of dimension: () -> String
    ) -> Attribute? {
        guard isObject(node, "an attribute") else { return nil }
        func owner() -> String { "the attribute \(quoted(name)) of \(dimension())" }
        let labelFor = string(node, "labelfor")
        let parent = string(node, "parent")
        switch (node["source"], node["constant"]) {
        case (nil, nil):
            findings.add(
                .attributeSource, node.location, "\(owner()) has neither source nor constant: add one of them")
        case (.some, .some):
            findings.add(.attributeSource, node.location, "\(owner()) has both source and constant: remove one of them")
        case (nil, let constant?):
            if let text = constant.cellText {
                return Attribute(name: name, content: .constant(text), labelFor: labelFor, parent: parent)
            }
            findings.add(
                .attributeSource, constant.location,
                "the constant of \(owner()) must be a string, a number or a boolean")
        case (.some, nil):
            guard let source = string(node, "source"),
                let reference = resolve(source, node, .attributeSource, owner)
            else { return nil }
            return Attribute(name: name, content: .source(reference), labelFor: labelFor, parent: parent)
        }
        return nil
    }

    private mutating func checkRelations(
        _ dimension: Dimension, _ names: Set<ExactText>, _ members: Members, _ owner: () -> String
    ) {
        for (name, node) in members {
            func attribute() -> String { "the attribute \(quoted(name)) of \(owner())" }
            if let label = node["labelfor"], let target = label.value.string,
                !names.contains(ExactText(target)) || target == name
            {
                findings.add(
                    .attributeLabelFor, label.location,
                    "labelfor of \(attribute()) is \(quoted(target)), which is not another attribute of the dimension")
            }
            if let parent = node["parent"], let target = parent.value.string, !names.contains(ExactText(target)) {
                findings.add(
                    .attributeParent, parent.location,
                    "the parent of \(attribute()) is \(quoted(target)), which is not an attribute of the dimension")
            }
        }
        let parents = Dictionary(
            members.compactMap { member in
                member.node["parent"]?.value.string.map { (ExactText(member.name), ExactText($0)) }
            },
            uniquingKeysWith: { first, _ in first })
        let circles = Self.circles(parents)
        for (name, node) in members where circles.contains(ExactText(name)) {
            findings.add(
                .attributeParent, node.location, "the attribute \(quoted(name)) of \(owner()) is its own ancestor")
        }
    }

    /// Returns all attributes whose chain of parents leads back to them. Each attribute is visited once.
    private static func circles(_ parents: [ExactText: ExactText]) -> Set<ExactText> {
        var walked: Set<ExactText> = []
        var circles: Set<ExactText> = []
        for start in parents.keys where !walked.contains(start) {
            var path: [ExactText] = []
            var places: [ExactText: Int] = [:]
            var current: ExactText? = start
            while let name = current, walked.insert(name).inserted {
                places[name] = path.count
                path.append(name)
                current = parents[name]
            }
            if let name = current, let place = places[name] { circles.formUnion(path[place...]) }
        }
        return circles
    }

    // MARK: Sources

    /// Returns the field that a source names, in the resource named next to it or else in the first resource.
    private mutating func resolve(
        _ source: String, _ node: DescriptorNode, _ rule: Rule, _ owner: () -> String
    ) -> FieldReference? {
        let name = string(node, "resource")
        guard let resource = name.map(package.resource) ?? package.resources.first else {
            // Missing resources are already reported.
            if let name {
                findings.add(
                    .modelResource, node.location, "\(owner()) names the resource \(quoted(name)), which does not exist"
                )
            }
            return nil
        }
        if let field = resource.schema?.index(of: source) {
            return FieldReference(resource: resource.index, field: field)
        }
        findings.add(
            rule, (node["source"] ?? node).location,
            "the source \(quoted(source)) of \(owner()) is not a field of the resource \(quoted(resource.name))")
        return nil
    }

    private func field(_ reference: FieldReference) -> Field? {
        package.resources[reference.resource].schema?.fields[reference.field]
    }
}
