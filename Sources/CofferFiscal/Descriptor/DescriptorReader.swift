import CofferModel

/// Creates a ``PackageDescriptor`` from a descriptor's JSON, and findings for its errors.
struct DescriptorReader {
    let document: DescriptorDocument
    /// Schemas and dialects in separate files, by their path; unreadable ones are left out.
    let references: [String: DescriptorDocument]
    /// Whether resources at URLs are fetched.
    let fetches: Bool
    var findings: Findings
    var package = PackageDescriptor()
    /// Whether the descriptor declares version 2, which is less strict in some places.
    let isVersion2: Bool
    /// The number of parts read so far.
    private var partCount = 0
    /// The remaining budget for compiling the patterns of all fields.
    var patternEffort = 50_000
    /// Whether each encoding found so far is known, so that iconv is asked once per encoding.
    var encodings: [String: Bool] = [:]
    /// The cost of the keys of each resource.
    var keyLoads: [Int: KeyLoad] = [:]

    /// The maximum number of parts in a package: resources and their files, fields, keys, measures, dimensions,
    /// attributes, and items of other lists. It equals the number of cells in a row. Five hundred files with tables of
    /// thirty fields make 16,000.
    static let partLimit = 16_384

    init(
        _ document: DescriptorDocument, references: [String: DescriptorDocument], fetches: Bool = false,
        findings: Findings
    ) {
        self.document = document
        self.references = references
        self.fetches = fetches
        self.findings = findings
        isVersion2 = document.root["$schema"]?.value.string?.contains("/profiles/2.") ?? false
    }

    /// Reads the complete descriptor into ``package`` and ``findings``.
    mutating func read() {
        let root = document.root
        readNames(root)
        readLicenses(root)
        readPeople(root)
        readResources(root)
        readKeys()
        package.isFiscal = isFiscal(root)
        readFiscalProperties(root)
        readModel(root)
        readColumnTypes(root)
    }

    private mutating func readNames(_ root: DescriptorNode) {
        package.name = string(root, "name")
        package.title = string(root, "title")
        package.description = string(root, "description")
        if let name = package.name {
            if !Self.isName(name), let node = root["name"] {
                findings.add(
                    isVersion2 && !name.isEmpty ? .packageNameForm : .packageName, node.location,
                    "\(quoted(name)) is not a valid package name: use a-z, 0-9 and the characters . _ - /")
            }
        } else if root["name"] == nil {
            findings.add(.packageNameMissing, root.location, "the package has no name")
        }
    }

    /// Whether a name matches the pattern of Data Package 1.0 and of Fiscal Data Package.
    static func isName(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                    UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "/"):
                    true
                default: false
                }
            }
    }

    /// Checks the contributors, the sources of the data, and the keywords.
    private mutating func readPeople(_ root: DescriptorNode) {
        for key in ["contributors", "sources"] {
            for item in array(root, key) where !item.isObject {
                findings.add(
                    .propertyType, item.location, "an item of \(key) must be an object, not \(item.value.kind)")
            }
        }
        for item in array(root, "keywords") where item.value.string == nil {
            findings.add(.propertyType, item.location, "a keyword must be a string, not \(item.value.kind)")
        }
    }

    private mutating func readLicenses(_ root: DescriptorNode) {
        for license in array(root, "licenses") {
            guard license.isObject else {
                findings.add(.propertyType, license.location, "a license must be an object, not \(license.value.kind)")
                continue
            }
            if string(license, "name") == nil, string(license, "path") == nil {
                findings.add(.license, license.location, "the license has neither a name nor a path: add one of them")
            }
        }
    }

    /// Whether the package is fiscal: version 0.3 has a model, version 1 has column types, and real packages have both.
    private func isFiscal(_ root: DescriptorNode) -> Bool {
        if model(root) != nil || root["columnTypes"] != nil { return true }
        if root["profile"]?.value.string?.contains("fiscal") == true { return true }
        if root["profiles"]?.value.object?["fiscal"] != nil { return true }
        return package.resources.contains { $0.schema?.fields.contains { $0.columnType != nil } == true }
    }

    // MARK: Parts

    /// Returns those items of a list, or members of an object, that are within the limit.
    ///
    /// - Parameter place: the list or object.
    mutating func parts<Part>(_ all: [Part], of place: @autoclosure () -> DescriptorNode) -> ArraySlice<Part> {
        let rest = Self.partLimit - partCount
        partCount += min(all.count, rest)
        if all.count > rest {
            findings.add(
                .descriptorSize, place().location,
                "the package has more than \(Self.partLimit) resources, fields, keys and other parts: \(all.count - rest) "
                    + "of these are not checked")
        }
        return all.prefix(rest)
    }

    // MARK: Properties

    mutating func string(_ node: DescriptorNode, _ name: String, resource: String? = nil) -> String? {
        guard let property = node[name] else { return nil }
        if let text = property.value.string { return text }
        mistyped(property, name, "a string", resource)
        return nil
    }

    mutating func array(_ node: DescriptorNode, _ name: String, resource: String? = nil) -> ArraySlice<DescriptorNode> {
        guard let property = node[name] else { return [] }
        if property.isArray { return parts(property.items, of: property) }
        mistyped(property, name, "an array", resource)
        return []
    }

    /// Returns a member that is an object.
    mutating func object(_ node: DescriptorNode, _ name: String, resource: String? = nil) -> DescriptorNode? {
        guard let property = node[name] else { return nil }
        if property.isObject { return property }
        mistyped(property, name, "an object", resource)
        return nil
    }

    mutating func bool(_ node: DescriptorNode, _ name: String, resource: String? = nil) -> Bool? {
        guard let property = node[name] else { return nil }
        if let value = property.value.bool { return value }
        mistyped(property, name, "true or false", resource)
        return nil
    }

    mutating func integer(_ node: DescriptorNode, _ name: String, resource: String? = nil) -> Int? {
        guard let property = node[name] else { return nil }
        if let value = property.value.integer, value >= 0 { return value }
        mistyped(property, name, "a whole number, 0 or more", resource)
        return nil
    }

    /// Returns the strings of a property that is a string or an array of strings.
    mutating func strings(_ node: DescriptorNode, _ name: String, resource: String? = nil) -> [String]? {
        guard let property = node[name] else { return nil }
        if let text = property.value.string { return [text] }
        let items = property.value.array ?? []
        let texts = items.compactMap(\.string)
        if property.isArray, texts.count == items.count { return texts }
        mistyped(property, name, "a string or an array of strings", resource)
        return nil
    }

    mutating func mistyped(_ node: DescriptorNode, _ name: String, _ expected: String, _ resource: String?) {
        let actual = node.value.number?.text ?? node.value.kind
        findings.add(.propertyType, node.location(resource: resource), "\(name) must be \(expected), not \(actual)")
    }
}
