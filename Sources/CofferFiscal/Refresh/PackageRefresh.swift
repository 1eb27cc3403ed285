import CofferModel

/// A descriptor updated from its tables: sizes, hashes, new tables and new columns. All other content stays as written.
public struct PackageRefresh: Sendable {
    /// The bytes of the original `datapackage.json`, so that the caller can check that it is unchanged before writing.
    public let original: [UInt8]
    /// The new text of `datapackage.json`; the original text if nothing changed.
    public let descriptor: String
    /// The changes made, one sentence each.
    public let changes: [String]
    /// Notes on content that was kept and should be reviewed by the package's editor, one sentence each.
    public let notes: [String]

    /// Reads the descriptor and the tables of a package.
    ///
    /// - Parameters:
    ///   - paths: the CSV files of the package.
    ///   - source: the source of the package.
    /// - Throws: ``PackageError/invalid(_:)`` if there is no readable descriptor with resources,
    ///   ``PackageError/unsupported(_:)`` if it is YAML, ``PackageError/source(_:)`` if a file cannot be read.
    public init(_ paths: [PackagePath], in source: any PackageSource) async throws(PackageError) {
        var loader = DescriptorLoader(source, findings: Findings(limit: 100))
        let loaded = await loader.load()
        if let failure = loader.failure { throw .source(failure) }
        guard !loader.path.isYAML else {
            throw .unsupported(
                "\(loader.path) is YAML, which cannot be updated: edit it yourself, or convert it to JSON")
        }
        guard let package = loaded, let document = package.resources.first?.node.document else {
            throw .invalid(Report(location: source.location, package: loaded, findings: loader.findings))
        }
        var run = RefreshRun(source: source, package: package, document: document)
        do throws(SourceError) {
            for resource in package.resources { try await run.refresh(resource) }
            try await run.addTables(paths)
        } catch {
            throw .source(error)
        }
        original = document.bytes
        descriptor = String(decoding: run.edit.text, as: UTF8.self)
        (changes, notes) = (run.changes, run.notes)
    }
}

/// Determines the changes to a descriptor.
private struct RefreshRun {
    let source: any PackageSource
    let package: PackageDescriptor
    let document: DescriptorDocument
    var edit: DescriptorEdit
    var changes: [String] = []
    var notes: [String] = []

    init(source: any PackageSource, package: PackageDescriptor, document: DescriptorDocument) {
        self.source = source
        self.package = package
        self.document = document
        edit = DescriptorEdit(document)
    }

    // MARK: Resources

    mutating func refresh(_ resource: Resource) async throws(SourceError) {
        guard case .paths(let paths) = resource.content else { return }
        let inspection: ResourceInspection
        do throws(SourceError) {
            inspection = try await ResourceInspection(resource, paths, in: source)
        } catch {
            guard case .missing = error else {
                return notes.append("\(resource.name): \(paths[0]) \(error.reason)")
            }
            return notes.append(
                "\(resource.name): its file no longer exists; remove the resource if it is no longer needed")
        }
        refreshBytes(resource, inspection)
        guard resource.isTable, resource.dialect.hasHeader, let schema = resource.schema else { return }
        guard !inspection.profile.columns.isEmpty else {
            return notes.append("\(resource.name): its header cannot be read; its fields are unchanged")
        }
        notes += inspection.profile.notes(of: Set(schema.fields.map(\.name))).map { "\(resource.name): \($0)" }
        refreshFields(resource, schema, inspection)
    }

    private mutating func refreshBytes(_ resource: Resource, _ inspection: ResourceInspection) {
        var changed: [String] = []
        if resource.byteCount != inspection.byteCount {
            set("bytes", .number(inspection.byteCount), resource)
            changed.append("\(resource.byteCount.map { "\($0) to " } ?? "")\(inspection.byteCount) bytes")
        }
        if let hash = inspection.hash {
            if ResourceHash(hash) != resource.hash {
                set("hash", .string(hash), resource)
                changed.append("hash \(hash)")
            }
        } else {
            notes.append("\(resource.name): the algorithm of its hash is not supported; the hash is unchanged")
        }
        if !changed.isEmpty { changes.append("\(resource.name): \(changed.joined(separator: ", "))") }
    }

    private mutating func set(_ name: String, _ value: JSONText, _ resource: Resource) {
        if let member = resource.node.member(name) { return edit.replace(member, with: value) }
        guard let path = resource.node["path"] ?? resource.node["url"] else { return }
        edit.insert(value, name: name, after: path)
    }

    // MARK: Fields

    private mutating func refreshFields(_ resource: Resource, _ schema: TableSchema, _ inspection: ResourceInspection) {
        let columns = inspection.fieldsOfColumns(schema)
        let missing = inspection.fieldsWithoutColumn(schema)
        let isRenamed =
            !missing.isEmpty && columns.count == schema.fields.count
            && missing == columns.indices.filter { columns[$0].field == nil }
        for field in missing where isRenamed {
            notes.append(
                "\(resource.name): the column \(quoted(columns[field].column.name)) is at the position of the field "
                    + "\(quoted(schema.fields[field].name)); rename the field if they are the same")
        }
        for field in missing where !isRenamed {
            notes.append(
                "\(resource.name): the column \(quoted(schema.fields[field].name)) no longer exists; its field is unchanged"
            )
        }
        for (field, misfit) in inspection.misfits.sorted(by: { $0.key < $1.key }) {
            let cells = "\(misfit.count) cell\(misfit.count == 1 ? " does" : "s do")"
            let type = schema.fields[field].type.rawValue
            notes.append(
                "\(resource.name): \(cells) not have the type \(type) of the field \(quoted(schema.fields[field].name)), "
                    + "first in row \(misfit.row) of \(misfit.path); the field is unchanged")
        }
        let known = columns.compactMap(\.field)
        if zip(known, known.dropFirst()).contains(where: { $0 > $1 }) {
            notes.append("\(resource.name): the columns are in a different order than the fields, which are unchanged")
        }
        if !isRenamed { add(columns, resource, schema) }
    }

    /// Adds the fields of new columns, each after the field of the preceding column.
    private mutating func add(
        _ columns: [(column: ColumnProfile, field: Int?)], _ resource: Resource, _ schema: TableSchema
    ) {
        var before: Int?
        for (column, field) in columns {
            guard field == nil else {
                before = field
                continue
            }
            guard schema.fields[0].node.document === document else {
                notes.append(
                    "\(resource.name): the column \(quoted(column.name)) is new; add it to the schema's separate file")
                continue
            }
            let json = PackageDraft.field(column)
            if let before {
                edit.insert(json, after: schema.fields[before].node)
            } else {
                edit.insert(json, before: schema.fields[0].node)
            }
            changes.append("\(resource.name): new field \(quoted(column.name)), \(column.guess.type.rawValue)")
            if column.guess.isAmount, package.model != nil {
                notes.append("\(resource.name): \(quoted(column.name)) may be a measure; the model is unchanged")
            }
        }
    }

    // MARK: Tables

    mutating func addTables(_ paths: [PackagePath]) async throws(SourceError) {
        let known = Set(
            package.resources.flatMap { resource in
                if case .paths(let paths) = resource.content { paths } else { [] as [PackagePath] }
            })
        var tables: [TableDraft] = []
        for path in paths where !known.contains(path) {
            let table = try await TableDraft(path, in: source)
            notes += table.isTable ? table.notes : [table.absence]
            if table.isTable { tables.append(table) }
        }
        let names = PackageDraft.uniqueNames(tables.map(\.name), taken: Set(package.resources.map(\.name)))
        guard let last = package.resources.last?.node else { return }
        for (name, table) in zip(names, tables) {
            edit.insert(PackageDraft.resource(name, table), after: last)
            changes.append("\(name): new resource for \(table.path), with \(table.profile.named.count) fields")
        }
    }
}
