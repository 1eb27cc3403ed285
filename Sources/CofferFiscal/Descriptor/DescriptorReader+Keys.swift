import CofferModel

extension DescriptorReader {
    /// Reads primary, unique and foreign keys, once all schemas are there.
    mutating func readKeys() {
        for index in package.resources.indices {
            guard var schema = package.resources[index].schema else { continue }
            let resource = package.resources[index]
            guard let node = referenced(resource.node, "schema", resource.name) else { continue }
            schema.primaryKey = key(node, "primaryKey", schema, resource.name) ?? []
            for item in array(node, "uniqueKeys", resource: resource.name) {
                let names = item.value.string.map { [$0] } ?? item.items.compactMap(\.value.string)
                if let fields = fields(names, schema, item, resource.name) { schema.uniqueKeys.append(fields) }
            }
            package.setSchema(schema, ofResource: index)
        }
        for index in package.resources.indices {
            let resource = package.resources[index]
            guard var schema = resource.schema, let node = referenced(resource.node, "schema", resource.name) else {
                continue
            }
            for key in array(node, "foreignKeys", resource: resource.name) {
                if let key = foreignKey(key, resource) { schema.foreignKeys.append(key) }
            }
            package.setSchema(schema, ofResource: index)
        }
    }

    private mutating func key(
        _ node: DescriptorNode, _ name: String, _ schema: TableSchema, _ resource: String
    ) -> [Int]? {
        guard let names = strings(node, name, resource: resource), let place = node[name] else { return nil }
        return fields(names, schema, place, resource)
    }

    /// - Returns: nil if one of them is not there.
    private mutating func fields(
        _ names: [String], _ schema: TableSchema, _ place: DescriptorNode, _ resource: String
    ) -> [Int]? {
        let indices = names.map(schema.index)
        for (name, index) in zip(names, indices) where index == nil {
            findings.add(
                .keyField, place.location(resource: resource), "the key's field \(quoted(name)) is not in the schema")
        }
        let found = indices.compactMap { $0 }
        return found.count == names.count && !found.isEmpty ? found : nil
    }

    private mutating func foreignKey(_ node: DescriptorNode, _ resource: Resource) -> ForeignKey? {
        let location = node.location(resource: resource.name)
        guard let schema = resource.schema, let names = strings(node, "fields", resource: resource.name),
            let reference = object(node, "reference", resource: resource.name),
            let referencedNames = strings(reference, "fields", resource: resource.name)
        else {
            findings.add(.foreignKey, location, "a foreign key has fields, and a reference with fields")
            return nil
        }
        guard names.count == referencedNames.count else {
            findings.add(
                .foreignKey, location,
                "the foreign key has \(names.count) fields and refers to \(referencedNames.count)")
            return nil
        }
        let name = string(reference, "resource", resource: resource.name) ?? ""
        guard let target = name.isEmpty ? resource : package.resource(name) else {
            findings.add(
                .foreignKeyReference, reference.location(resource: resource.name),
                "there is no resource \(quoted(name)) to refer to")
            return nil
        }
        guard let own = fields(names, schema, node, resource.name) else { return nil }
        let theirs = referencedNames.map { target.schema?.index(of: $0) }
        for (name, index) in zip(referencedNames, theirs) where index == nil {
            findings.add(
                .foreignKeyReference, reference.location(resource: resource.name),
                "the resource \(quoted(target.name)) has no field \(quoted(name)) to refer to")
        }
        let found = theirs.compactMap { $0 }
        guard found.count == own.count else { return nil }
        checkTypes(own, found, target, schema, location)
        return ForeignKey(fields: own, resource: target.index, referenced: found)
    }

    private mutating func checkTypes(
        _ own: [Int], _ theirs: [Int], _ target: Resource, _ schema: TableSchema, _ location: Finding.Location
    ) {
        for (left, right) in zip(own, theirs) {
            guard let referenced = target.schema?.fields[right] else { continue }
            let field = schema.fields[left]
            guard field.type != referenced.type, field.type != .any, referenced.type != .any else { continue }
            findings.add(
                .foreignKeyType, location,
                "\(quoted(field.name)) is of type \(field.type.rawValue) and refers to \(quoted(referenced.name)), "
                    + "which is of type \(referenced.type.rawValue)")
        }
    }
}
