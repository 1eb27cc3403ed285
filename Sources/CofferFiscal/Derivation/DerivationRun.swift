/// Brings one package's tables up to date, within a transaction.
struct DerivationRun {
    private let source: any PackageSource
    private let package: PackageDescriptor
    private let catalog: DerivedCatalog
    private let etag: String
    private let allowsInvalid: Bool
    private let load: TableLoad
    private var tableNames = NumberedNames()

    /// - Parameter etag: identifies the content of the descriptor and of the documents that it refers to.
    init(
        source: any PackageSource, package: PackageDescriptor, catalog: DerivedCatalog, etag: String,
        allowsInvalid: Bool
    ) {
        self.source = source
        self.package = package
        self.catalog = catalog
        self.etag = etag
        self.allowsInvalid = allowsInvalid
        load = TableLoad(source: source, package: package, database: catalog.database, allowsInvalid: allowsInvalid)
    }

    private var name: String { package.name ?? source.location }

    /// Refuses a package from another location. Package names are not coordinated, so two packages may share one.
    func requireSamePlace() throws(PackageError) {
        guard let place = try catalog.location(package: name), place != source.location else { return }
        throw .database(
            "the database already contains the package \(quoted(name)) from \(place): use another file, or replace it with "
                + "--replace"
        )
    }

    mutating func derive() async throws(PackageError) -> Derivation.Summary {
        var summary = Derivation.Summary(package: name)
        let isDescriptorNew = try catalog.etag(package: name) != etag
        let tables = package.resources.filter { $0.isTable && $0.isReadable && $0.schema != nil }
        try requireOwnNames(tables)
        let names = Set(tables.map(\.name))
        for old in try catalog.resources(package: name) where !names.contains(old) {
            try catalog.remove(package: name, resource: old)
            summary.removed.append(old)
        }
        for resource in package.resources {
            if let left = Derivation.Summary.LeftOut(resource) {
                summary.leftOut.append(left)
                continue
            }
            switch try await derive(resource, isDescriptorNew) {
            case .table(let table): summary.tables.append(table)
            case .leftOut(let reason, let kind):
                summary.leftOut.append(Derivation.Summary.LeftOut(resource: resource.name, reason: reason, kind: kind))
            }
        }
        let isMoved = try catalog.location(package: name) != source.location
        // The model names the tables, some of which may have been removed or restored.
        let isChanged = !summary.leftOut.isEmpty || summary.tables.contains { $0.rows != nil }
        if isDescriptorNew || isMoved || isChanged {
            try catalog.write(package, name: name, location: source.location, etag: etag)
            try DerivedModel(package: package, name: name, catalog: catalog).write()
        }
        return summary
    }

    /// Requires distinct names: a package with errors may have two resources with one name.
    private func requireOwnNames(_ tables: [Resource]) throws(PackageError) {
        var names: Set<String> = []
        guard let second = tables.first(where: { !names.insert($0.name).inserted }) else { return }
        throw .table(
            resource: second.name, field: nil, reason: "another resource has this name: rename one of them")
    }

    // MARK: One resource

    private enum Outcome {
        case table(Derivation.Summary.Table)
        case leftOut(String, Derivation.Summary.LeftOut.Kind)
    }

    private mutating func derive(_ resource: Resource, _ isDescriptorNew: Bool) async throws(PackageError) -> Outcome {
        let identity: String?
        do throws(UnreadableFile) {
            identity = try await DataIdentity(source: source).identity(resource)
        } catch {
            return try leaveOut(resource, error)
        }
        if !isDescriptorNew, let identity, try catalog.etag(package: name, resource: resource.name) == identity,
            let table = try catalog.table(package: name, resource: resource.name)
        {
            return .table(Derivation.Summary.Table(resource: resource.name, name: table, rows: nil, untypedCells: 0))
        }
        // The table keeps its name, since the model refers to it by name.
        let old = try catalog.table(package: name, resource: resource.name)
        try catalog.remove(package: name, resource: resource.name)
        try catalog.database.execute("SAVEPOINT resource")
        let outcome: Outcome
        let tableName = if let old { old } else { try newTableName(resource) }
        switch try await load.load(resource, into: tableName) {
        case .table(let table):
            try catalog.write(table, resource, package: name, etag: identity)
            try SearchIndex(package: package).write(table, resource, package: name, in: catalog.database)
            try catalog.database.execute("RELEASE resource")
            return .table(
                Derivation.Summary.Table(
                    resource: resource.name, name: table.name, rows: table.rowCount, untypedCells: table.untypedCount))
        case .unreadable(let file): outcome = try leaveOut(resource, file)
        case .delimiter(let reason): outcome = .leftOut(reason, .invalid)
        }
        // The rows already read are removed as well.
        catalog.database.forgetStatements()
        try catalog.database.execute("ROLLBACK TO resource; RELEASE resource")
        return outcome
    }

    private mutating func newTableName(_ resource: Resource) throws(PackageError) -> String {
        try catalog.newTableName(package: name, resource: resource.name, &tableNames)
    }

    /// Handles a resource whose file cannot be read.
    private func leaveOut(_ resource: Resource, _ file: UnreadableFile) throws(PackageError) -> Outcome {
        // A source that is unreachable now may be reachable next time.
        if case .failed = file.error { throw .file("\(file.place)", resource: resource.name, file.error) }
        let reason = "the file \(file.place) \(file.error.reason)"
        let kind: Derivation.Summary.LeftOut.Kind = file.error.rule == .resourceUnread ? .unread : .invalid
        guard kind == .unread || allowsInvalid else {
            var findings = Findings(limit: 1)
            findings.add(file.error.rule, resource.node.location(resource: resource.name), reason)
            throw .invalid(Report(location: source.location, package: package, findings: findings))
        }
        try catalog.remove(package: name, resource: resource.name)
        return .leftOut(reason, kind)
    }
}

extension Derivation.Summary.LeftOut {
    /// Returns why a resource gets no table according to the descriptor; nil if it gets one.
    fileprivate init?(_ resource: Resource) {
        let (reason, kind): (String, Kind)
        if let unread = resource.unreadReason {
            (reason, kind) = (unread, .unread)
        } else if resource.isTable || resource.storage == .data {
            if resource.schema == nil, resource.node["schema"] != nil {
                (reason, kind) = ("its schema was not read", .unread)
            } else if resource.schema == nil {
                (reason, kind) = ("it has no schema: 'coffer package init' can guess one", .unread)
            } else if !resource.isReadable {
                (reason, kind) = ("its encoding or dialect is not supported", .invalid)
            } else {
                return nil
            }
        } else if case .none = resource.content {
            (reason, kind) = ("it has no data", .invalid)
        } else {
            (reason, kind) = ("it is not a table", .document)
        }
        self.init(resource: resource.name, reason: reason, kind: kind)
    }
}
