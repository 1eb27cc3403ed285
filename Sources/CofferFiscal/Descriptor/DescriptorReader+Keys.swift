import CofferModel

extension DescriptorReader {
    /// Reads primary, unique and foreign keys, after all schemas have been read.
    mutating func readKeys() {
        for index in package.resources.indices {
            guard var schema = package.resources[index].schema else { continue }
            let resource = package.resources[index]
            guard let node = referenced(resource.node, "schema", resource.name) else { continue }
            schema.primaryKey = key(node, "primaryKey", schema, resource) ?? []
            for item in array(node, "uniqueKeys", resource: resource.name) {
                let names = item.value.string.map { [$0] } ?? item.items.compactMap(\.value.string)
                if let fields = fields(names, schema, item, resource.name),
                    take(KeyLoad.Key(fields), of: resource, item) == .new
                {
                    schema.uniqueKeys.append(fields)
                }
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
        _ node: DescriptorNode, _ name: String, _ schema: TableSchema, _ resource: Resource
    ) -> [Int]? {
        guard let names = strings(node, name, resource: resource.name), let place = node[name] else { return nil }
        guard let fields = fields(names, schema, place, resource.name) else { return nil }
        return take(KeyLoad.Key(fields, isPrimary: true), of: resource, place) == .tooMuch ? nil : fields
    }

    /// - Returns: nil if one of the fields does not exist.
    private mutating func fields(
        _ names: [String], _ schema: TableSchema, _ place: DescriptorNode, _ resource: String
    ) -> [Int]? {
        let indices = names.map(schema.index)
        for (name, index) in zip(names, indices) where index == nil {
            findings.add(
                .keyField, place.location(resource: resource),
                "the key names the field \(quoted(name)), which is not in the schema")
        }
        let found = indices.compactMap { $0 }
        return found.count == names.count && !found.isEmpty ? found : nil
    }

    /// Adds a key to those checked in a table; reports a finding if there would be too many.
    private mutating func take(_ key: KeyLoad.Key, of resource: Resource, _ place: DescriptorNode) -> KeyLoad.Answer {
        let answer = keyLoads[resource.index, default: KeyLoad()].take(key)
        if answer == .tooMuch {
            findings.add(
                .keyField, place.location(resource: resource.name),
                "the keys of \(quoted(resource.name)) and the foreign keys that refer to it have more than "
                    + "\(KeyLoad.fieldLimit) fields in total: this key is not checked")
        }
        return answer
    }

    private mutating func foreignKey(_ node: DescriptorNode, _ resource: Resource) -> ForeignKey? {
        let location = node.location(resource: resource.name)
        guard let schema = resource.schema, let names = strings(node, "fields", resource: resource.name),
            let reference = object(node, "reference", resource: resource.name),
            let referencedNames = strings(reference, "fields", resource: resource.name)
        else {
            findings.add(.foreignKey, location, "a foreign key needs fields, and a reference with fields")
            return nil
        }
        guard names.count == referencedNames.count else {
            findings.add(
                .foreignKey, location,
                "the foreign key has \(names.count) fields, but refers to \(referencedNames.count)")
            return nil
        }
        let name = string(reference, "resource", resource: resource.name) ?? ""
        guard let target = name.isEmpty ? resource : package.resource(name) else {
            findings.add(
                .foreignKeyReference, reference.location(resource: resource.name),
                "the foreign key refers to the resource \(quoted(name)), which does not exist")
            return nil
        }
        guard let own = fields(names, schema, node, resource.name) else { return nil }
        let theirs = referencedNames.map { target.schema?.index(of: $0) }
        for (name, index) in zip(referencedNames, theirs) where index == nil {
            findings.add(
                .foreignKeyReference, reference.location(resource: resource.name),
                "the foreign key refers to the field \(quoted(name)), which the resource \(quoted(target.name)) does not have"
            )
        }
        let found = theirs.compactMap { $0 }
        guard found.count == own.count else { return nil }
        checkTypes(own, found, target, schema, location)
        guard take(KeyLoad.Key(own, reference: [target.index] + found), of: resource, node) == .new,
            take(KeyLoad.Key(found), of: target, node) != .tooMuch
        else { return nil }
        return ForeignKey(fields: own, resource: target.index, referenced: found)
    }

    private mutating func checkTypes(
        _ own: [Int], _ theirs: [Int], _ target: Resource, _ schema: TableSchema, _ location: DescriptorPlace
    ) {
        for (left, right) in zip(own, theirs) {
            guard let referenced = target.schema?.fields[right] else { continue }
            let field = schema.fields[left]
            guard field.type != referenced.type, field.type != .any, referenced.type != .any else { continue }
            findings.add(
                .foreignKeyType, location,
                "the field \(quoted(field.name)) has type \(field.type.rawValue), but refers to \(quoted(referenced.name)), "
                    + "which has type \(referenced.type.rawValue)")
        }
    }
}
