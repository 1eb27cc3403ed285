import CofferModel

extension DescriptorReader {
    mutating func readResources(_ root: DescriptorNode) {
        let nodes = array(root, "resources")
        if root["resources"].map({ $0.value.array?.isEmpty == true }) ?? true {
            findings.add(.resources, (root["resources"] ?? root).location, "the package has no resources")
        }
        var names: Set<ExactText> = []
        for (index, node) in nodes.enumerated() {
            guard node.isObject else {
                findings.add(.propertyType, node.location, "a resource must be an object, not \(node.value.kind)")
                continue
            }
            let resource = readResource(node, index)
            if !names.insert(ExactText(resource.name)).inserted {
                findings.add(
                    .resourceNameDuplicate, (node["name"] ?? node).location(resource: resource.name),
                    "another resource is also named \(quoted(resource.name)): rename one of them")
            }
            package.append(resource)
        }
    }

    private mutating func readResource(_ node: DescriptorNode, _ index: Int) -> Resource {
        let name = readName(node, index)
        var resource = Resource(index: package.resources.count, name: name, node: node)
        resource.title = string(node, "title", resource: name)
        resource.content = readContent(node, name)
        resource.format = string(node, "format", resource: name)
        resource.mediaType = readMediaType(node, name)
        if let encoding = readEncoding(node, name) { resource.encoding = encoding } else { resource.isReadable = false }
        if let dialect = readDialect(node, name) { resource.dialect = dialect } else { resource.isReadable = false }
        resource.isFetched = fetches
        readStorage(&resource)
        resource.byteCount = integer(node, "bytes", resource: name).map(Int64.init)
        resource.hash = readHash(node, name)
        resource.schema = referenced(node, "schema", name).flatMap { readSchema($0, name) }
        checkFormat(resource)
        checkInline(&resource)
        return resource
    }

    private mutating func readName(_ node: DescriptorNode, _ index: Int) -> String {
        let name = string(node, "name")
        if name == nil, node["name"] == nil {
            findings.add(.resourceName, node.location, "resource \(index + 1) has no name")
        } else if let name, !Self.isName(name) {
            findings.add(
                isVersion2 && !name.isEmpty ? .resourceNameForm : .resourceName, (node["name"] ?? node).location,
                "\(quoted(name)) is not a valid resource name: use a-z, 0-9 and the characters . _ - /")
        }
        return name ?? "resource-\(index + 1)"
    }

    // MARK: Path or data

    private mutating func readContent(_ node: DescriptorNode, _ name: String) -> Resource.Content {
        var key = "path"
        if node["path"] == nil, node["url"] != nil, let url = node["url"] {
            findings.add(
                .resourceURL, url.location(resource: name), "url is from an old version of the specification: use path")
            key = "url"
        }
        switch (node[key], node["data"]) {
        case (nil, nil):
            findings.add(
                .resourceContent, node.location(resource: name),
                "the resource has neither path nor data: add one of them")
            return .none
        case (.some, .some):
            findings.add(
                .resourceContent, node.location(resource: name),
                "the resource has both path and data: remove one of them")
            return readPaths(node, key, name)
        case (nil, let data?): return .inline(data)
        case (.some, nil): return readPaths(node, key, name)
        }
    }

    private mutating func readPaths(_ node: DescriptorNode, _ key: String, _ name: String) -> Resource.Content {
        guard let texts = strings(node, key, resource: name), let place = node[key] else { return .none }
        let location = place.location(resource: name)
        let urls = texts.filter(URLScheme.isWeb)
        if texts.isEmpty { findings.add(.resourceContent, location, "the resource's path is an empty array") }
        if urls.count == texts.count, !urls.isEmpty { return .urls(urls) }
        if !urls.isEmpty {
            findings.add(
                .resourcePathMixed, location, "some files are in the package and some at URLs: use only one of these")
            return .none
        }
        var paths: [PackagePath] = []
        for text in parts(texts, of: place) {
            do throws(PackagePath.Fault) {
                paths.append(try PackagePath(text))
            } catch {
                findings.add(
                    .resourcePath, location,
                    "the path \(quoted(text)) is not allowed: \(error.reason); use a relative path within the package")
            }
        }
        return paths.count == texts.count && !paths.isEmpty ? .paths(paths) : .none
    }

    // MARK: Properties of the file

    private mutating func readMediaType(_ node: DescriptorNode, _ name: String) -> String? {
        guard let type = string(node, "mediatype", resource: name) else { return nil }
        let sides = type.split(at: "/", maxSplits: 2, keepingEmpty: true)
        if sides.count < 2 || sides.contains(where: \.isEmpty), let place = node["mediatype"] {
            findings.add(
                .mediatype, place.location(resource: name),
                "\(quoted(type)) is not a media type: use the form type/subtype, such as text/csv")
        }
        return type
    }

    /// - Returns: nil if the encoding is unknown.
    private mutating func readEncoding(_ node: DescriptorNode, _ name: String) -> String? {
        guard let encoding = string(node, "encoding", resource: name), let place = node["encoding"] else {
            return "utf-8"
        }
        guard !isKnown(encoding: encoding) else { return encoding }
        findings.add(.encoding, place.location(resource: name), "the encoding \(quoted(encoding)) is not supported")
        return nil
    }

    /// Whether an encoding is known. Long names, and those beyond the first few of a package, count as unknown.
    private mutating func isKnown(encoding: String) -> Bool {
        guard encoding.utf8.count <= 64 else { return false }
        if let isKnown = encodings[encoding] { return isKnown }
        guard encodings.count < 32 else { return false }
        let isUnknown = TextDecoder(encoding: encoding) == nil
        encodings[encoding] = !isUnknown
        return !isUnknown
    }

    private mutating func readHash(_ node: DescriptorNode, _ name: String) -> ResourceHash? {
        guard let text = string(node, "hash", resource: name), !text.isEmpty else { return nil }
        let hash = ResourceHash(text)
        if hash == nil, let place = node["hash"] {
            findings.add(
                .hashFormat, place.location(resource: name),
                "\(quoted(text)) is not a hash: use an MD5 of 32 hexadecimal digits, or algorithm:digits")
        }
        return hash
    }

    /// Limits the size of inline tables: a row of a few bytes yields a cell for every field.
    private mutating func checkInline(_ resource: inout Resource) {
        guard case .inline(let node) = resource.content, let rows = node.value.array, rows.first?.object != nil,
            let fields = resource.schema?.fields, rows.count * fields.count > InlineTable.cellCount
        else { return }
        findings.add(
            .descriptorSize, node.location(resource: resource.name),
            "the data of \(quoted(resource.name)) has \(rows.count) rows of \(fields.count) fields, which is more "
                + "than \(InlineTable.cellCount) cells: move it to a file")
        resource.content = .none
    }

    private mutating func checkFormat(_ resource: Resource) {
        guard resource.node["schema"] == nil else { return }
        let location = resource.node.location(resource: resource.name)
        if resource.node["profile"]?.value.string == "tabular-data-resource" {
            findings.add(.schemaRequired, location, "a tabular-data-resource needs a schema, but this one has none")
        } else if resource.isTable, !resource.isRemote {
            findings.add(.schemaMissing, location, "the table has no schema: the types of its cells are not checked")
        }
    }

    /// Returns a property that is an object, or the path of a file that contains one.
    ///
    /// - Parameter reports: whether to report a property of another type.
    mutating func referenced(
        _ node: DescriptorNode, _ key: String, _ name: String, reports: Bool = true
    ) -> DescriptorNode? {
        guard let property = node[key] else { return nil }
        guard let path = property.value.string else {
            guard reports else { return property.isObject ? property : nil }
            return object(node, key, resource: name)
        }
        // If the file could not be read, that was reported when it was tried.
        return references[path]?.root
    }
}
