import CofferCrypto

/// Derives an SQLite database from packages: one table for each table of a package, typed according to its schema, with
/// the factors of measures applied, and a full-text index of titles and labels.
///
/// Several packages can be derived into one database, one after another. Tables that did not change since the last run,
/// according to the ETag of the file or otherwise the MD5 of its bytes, are kept. All changes are one transaction.
///
/// Integers are exact up to 64 bits and REAL beyond that. Numbers are REAL, since SQLite has no decimals: each is
/// accurate to 15 digits, and the error of a sum grows with the number of rows. If cents must add up exactly, sum them
/// as integers: `sum(CAST(round(amount * 100) AS INTEGER))`.
public struct Derivation: Sendable {
    private let source: any PackageSource
    private let path: String
    private let allowsInvalid: Bool
    private let replaces: Bool
    private let fetches: Bool

    /// - Parameters:
    ///   - path: the path of the database file, which is created if it does not exist.
    ///   - replaces: whether to replace a package with the same name from another location; otherwise this is an error.
    ///   - allowsInvalid: whether to derive a package with errors. Cells of the wrong type become NULL in numeric
    ///     columns, and keep their text in others; a table whose file cannot be read is left out.
    ///   - fetches: whether to derive tables at URLs as well.
    public init(
        _ source: any PackageSource, database path: String, replaces: Bool = false, allowsInvalid: Bool = false,
        fetches: Bool = false
    ) {
        self.source = source
        self.path = path
        self.allowsInvalid = allowsInvalid
        self.replaces = replaces
        self.fetches = fetches
    }

    /// The result for each table.
    public struct Summary: Sendable, Equatable {
        public var package: String
        public var tables: [Table] = []
        public var removed: [String] = []
        public var leftOut: [LeftOut] = []

        /// A resource that has no table.
        public struct LeftOut: Sendable, Equatable {
            public let resource: String
            public let reason: String
            public let kind: Kind

            public enum Kind: Sendable {
                /// Not a table, such as a document.
                case document
                /// A table of an unsupported kind, or without a schema that defines its columns.
                case unread
                /// A table that has errors, when these are allowed.
                case invalid
            }
        }

        public struct Table: Sendable, Equatable {
            public let resource: String
            public let name: String
            /// The number of rows; nil for an unchanged table.
            public let rows: Int?
            /// The number of cells that are not of their field's type.
            public let untypedCells: Int
        }
    }

    /// - Throws: ``DerivationError``; the database is then unchanged.
    public func derive() async throws(DerivationError) -> Summary {
        var loader = DescriptorLoader(source, findings: Findings(limit: 100), fetches: fetches)
        let loaded = await loader.load()
        if let failure = loader.failure { throw .source(failure) }
        let report = Report(location: source.location, package: loaded, findings: loader.findings)
        guard let package = loaded, report.isValid || allowsInvalid else { throw .invalid(report) }
        let etag = hex(Digest.of(loader.identity, .md5))
        while true {
            guard let draft = try DatabaseDraft(path) else { return try await derive(package, etag, into: path) }
            let summary = try await derive(package, etag, into: draft.path)
            if try draft.publish() { return summary }
            // Another process created the database first, so derive into that one.
        }
    }

    private func derive(
        _ package: PackageDescriptor, _ etag: String, into path: String
    ) async throws(DerivationError) -> Summary {
        let database = try DerivedDatabase(path: path)
        return try await database.transaction { () async throws(DerivationError) in
            var run = try DerivationRun(
                source: source, package: package, catalog: DerivedCatalog(database), etag: etag,
                allowsInvalid: allowsInvalid)
            if !replaces { try run.requireSamePlace() }
            return try await run.derive()
        }
    }
}

extension Report {
    /// Creates the report of reading a descriptor.
    init(location: String, package: PackageDescriptor?, findings: Findings) {
        self.init(
            location: location, name: package?.name, isFiscal: package?.isFiscal ?? false,
            levels: [.structure, .fiscal], findings: findings.kept, counts: findings.counts, files: [])
    }
}

/// Brings one package's tables up to date, within a transaction.
private struct DerivationRun {
    let source: any PackageSource
    let package: PackageDescriptor
    let catalog: DerivedCatalog
    let etag: String
    let allowsInvalid: Bool
    var tableNames = NumberedNames()

    private var name: String { package.name ?? source.location }

    /// Refuses a package from another location. Package names are not coordinated, so two packages may share one.
    func requireSamePlace() throws(DerivationError) {
        guard let place = try catalog.location(package: name), place != source.location else { return }
        throw .database(
            "the database has a package '\(name)' already, from \(place): use another file, or replace it with --replace"
        )
    }

    mutating func derive() async throws(DerivationError) -> Derivation.Summary {
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
            if let left = Self.leftOut(resource) {
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
            try writeModel()
        }
        return summary
    }

    /// Requires distinct names: a package with errors may have two resources with one name.
    private func requireOwnNames(_ tables: [Resource]) throws(DerivationError) {
        var names: Set<String> = []
        guard let second = tables.first(where: { !names.insert($0.name).inserted }) else { return }
        throw .table(
            resource: second.name, field: nil, reason: "another resource has this name as well: give one another name")
    }

    /// Returns why a resource gets no table according to the descriptor; nil if it gets one.
    private static func leftOut(_ resource: Resource) -> Derivation.Summary.LeftOut? {
        let (reason, kind): (String, Derivation.Summary.LeftOut.Kind)
        if let unread = resource.unreadReason {
            (reason, kind) = (unread, .unread)
        } else if resource.isTable || resource.storage == .data {
            if resource.schema == nil, resource.node["schema"] != nil {
                (reason, kind) = ("its schema is not read", .unread)
            } else if resource.schema == nil {
                (reason, kind) = ("it has no schema that tells its columns: 'coffer package init' guesses one", .unread)
            } else if !resource.isReadable {
                (reason, kind) = ("its encoding or dialect is not one that is read", .invalid)
            } else {
                return nil
            }
        } else if case .none = resource.content {
            (reason, kind) = ("it has no data that can be found", .invalid)
        } else {
            (reason, kind) = ("it is no table", .document)
        }
        return Derivation.Summary.LeftOut(resource: resource.name, reason: reason, kind: kind)
    }

    private enum Outcome {
        case table(Derivation.Summary.Table)
        case leftOut(String, Derivation.Summary.LeftOut.Kind)
    }

    private mutating func derive(_ resource: Resource, _ isDescriptorNew: Bool) async throws(DerivationError) -> Outcome
    {
        let identity: String?
        do throws(Unreadable) {
            identity = try await self.identity(resource)
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
        switch try await load(resource, into: old) {
        case .table(let table):
            try catalog.write(table, resource, package: name, etag: identity)
            try SearchIndex(package: package).write(table, resource, package: name, in: catalog.database)
            try catalog.database.execute("RELEASE resource")
            return .table(
                Derivation.Summary.Table(
                    resource: resource.name, name: table.name, rows: table.rowCount, untypedCells: table.untypedCount))
        case .unreadable(let error): outcome = try leaveOut(resource, error)
        case .delimiter(let reason): outcome = .leftOut(reason, .invalid)
        }
        // The rows already read are removed as well.
        catalog.database.forgetStatements()
        try catalog.database.execute("ROLLBACK TO resource; RELEASE resource")
        return outcome
    }

    /// A file of a resource that cannot be read.
    private struct Unreadable: Error {
        let place: FilePlace
        let error: SourceError
    }

    private enum Loaded {
        case table(DerivedTable)
        case unreadable(Unreadable)
        /// The rows use another delimiter, and errors are allowed.
        case delimiter(String)
    }

    /// Handles a resource whose file cannot be read.
    private func leaveOut(_ resource: Resource, _ file: Unreadable) throws(DerivationError) -> Outcome {
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

    // MARK: Identity of a table

    /// - Returns: nil if it is unknown whether the data changed.
    private func identity(_ resource: Resource) async throws(Unreadable) -> String? {
        switch resource.content {
        case .none: return nil
        // The identity of the descriptor covers inline data.
        case .inline: return "inline"
        case .paths, .urls:
            var identities: [String] = []
            for place in resource.places {
                guard let identity = try await identity(place) else { return nil }
                identities.append(identity)
            }
            return identities.joined(separator: " ")
        }
    }

    private func identity(_ place: FilePlace) async throws(Unreadable) -> String? {
        let files = PackageFiles(source: source)
        do throws(SourceError) {
            if files.hasETag(place) { return try await files.etag(place) }
            var digest = Digest(.md5)
            let file = try await files.open(place)
            while let piece = try await file.next() { digest.update(piece.span) }
            return hex(digest.finalize())
        } catch {
            // Some servers do not support HEAD.
            if case .url = place { return nil }
            throw Unreadable(place: place, error: error)
        }
    }

    // MARK: Rows

    private mutating func load(_ resource: Resource, into old: String?) async throws(DerivationError) -> Loaded {
        guard let schema = resource.schema else { throw .database("the resource \(resource.name) has no schema") }
        let new =
            if let old { old } else {
                try catalog.newTableName(package: name, resource: resource.name, &tableNames)
            }
        var resource = resource
        var inline: InlineTable?
        if case .inline(let node) = resource.content {
            inline = InlineTable(node, fields: schema.fields.map(\.name), resource.dialect)
            resource.dialect = inline?.dialect ?? resource.dialect
        }
        let table = try DerivedTable(
            name: new, DerivedColumns(resource, schema, package.model), schema, of: resource.name,
            in: catalog.database)
        var checker = TableChecker(
            resource, keys: TableKeys(primaryKey: [], collectors: []), findings: Findings(limit: 100))
        if let text = inline?.text {
            checker.beginInline()
            let result = TableReader.read(inline: text, resource.dialect) { row in Self.take(row, &checker, table) }
            checker.end(result.fault, result.lineEnds, hadByteOrderMark: false)
        }
        for place in resource.places {
            do throws(Unreadable) {
                try await read(place, resource, &checker, table)
            } catch {
                return .unreadable(error)
            }
        }
        checker.finish()
        if let failure = table.failure { throw failure }
        let findings = checker.findings
        let report = Report(
            location: source.location, name: package.name, isFiscal: package.isFiscal, levels: [.data],
            findings: findings.kept, counts: findings.counts, files: [])
        guard report.isValid || allowsInvalid else { throw .invalid(report) }
        guard checker.isHalted else { return .table(table) }
        return .delimiter(findings.kept.first { $0.rule == .delimiter }?.message ?? "")
    }

    private func read(
        _ place: FilePlace, _ resource: Resource, _ checker: inout TableChecker, _ table: DerivedTable
    ) async throws(Unreadable) {
        checker.begin(place.description)
        do throws(SourceError) {
            let result = try await TableReader(resource, in: source).read(
                place, bytes: { _ in }, row: { row in Self.take(row, &checker, table) })
            checker.end(result.fault, result.lineEnds, hadByteOrderMark: result.hadByteOrderMark)
            if let refusal = result.refusal { throw refusal }
        } catch {
            throw Unreadable(place: place, error: error)
        }
    }

    private static func take(_ row: CSVRow, _ checker: inout TableChecker, _ table: DerivedTable) {
        let rows = checker.rowCount
        checker.take(row)
        if checker.rowCount > rows { table.take(row, checker.plansByField) }
    }

    // MARK: The model

    private func writeModel() throws(DerivationError) {
        var known: [Int: (String, DerivedColumns)?] = [:]
        for measure in package.model?.measures ?? [] {
            guard let (table, columns) = try columns(measure.source.resource, &known),
                let column = columns.measures[measure.name]
            else { continue }
            try catalog.database.run(
                "INSERT INTO measures VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    .text(name), .text(measure.name), .text(table), .text(column), DerivedValue(measure.currency),
                    .real(measure.factor), DerivedValue(measure.direction), DerivedValue(measure.phase),
                ])
        }
        for dimension in package.model?.dimensions ?? [] {
            for attribute in dimension.attributes { try write(attribute, dimension, &known) }
        }
    }

    private func write(
        _ attribute: Attribute, _ dimension: Dimension, _ known: inout [Int: (String, DerivedColumns)?]
    ) throws(DerivationError) {
        var place: (table: DerivedValue, column: DerivedValue, constant: DerivedValue) = (.null, .null, .null)
        switch attribute.content {
        case .constant(let text): place.constant = .text(text)
        case .source(let reference):
            if let (table, columns) = try columns(reference.resource, &known) {
                let column = columns.columns.first {
                    if case .field(reference.field, _) = $0.content { true } else { false }
                }
                place = (.text(table), DerivedValue(column?.name), .null)
            }
        }
        try catalog.database.run(
            "INSERT INTO attributes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                .text(name), .text(dimension.name), .text(attribute.name), DerivedValue(dimension.type),
                DerivedValue(dimension.classificationType),
                .integer(dimension.primaryKey.contains(attribute.name) ? 1 : 0), place.table, place.column,
                place.constant, DerivedValue(attribute.labelFor), DerivedValue(attribute.parent),
            ])
    }

    /// - Parameter known: the results so far, by the resource's index.
    private func columns(
        _ index: Int, _ known: inout [Int: (String, DerivedColumns)?]
    ) throws(DerivationError) -> (String, DerivedColumns)? {
        if let columns = known[index] { return columns }
        let resource = package.resources[index]
        var columns: (String, DerivedColumns)?
        if let schema = resource.schema, let table = try catalog.table(package: name, resource: resource.name) {
            columns = (table, DerivedColumns(resource, schema, package.model))
        }
        known[index] = .some(columns)
        return columns
    }
}
