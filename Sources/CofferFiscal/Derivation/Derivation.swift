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

    /// Creates a derivation; ``derive()`` runs it.
    ///
    /// - Parameters:
    ///   - source: the package to derive.
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
        /// The name of the package in the database: its own, or its location if it has none.
        public var package: String
        /// The tables of the package, in the order of its resources.
        public var tables: [Table] = []
        /// The names of the resources whose tables were removed because the package no longer has them.
        public var removed: [String] = []
        /// The resources that have no table.
        public var leftOut: [LeftOut] = []

        /// A resource that has no table.
        public struct LeftOut: Sendable, Equatable {
            /// The name of the resource.
            public let resource: String
            /// Why it has no table, in one sentence without a full stop.
            public let reason: String
            /// What kind of reason it is.
            public let kind: Kind

            /// The kinds of reasons, of which only ``document`` is never a problem.
            public enum Kind: Sendable {
                /// Not a table, such as a document.
                case document
                /// A table of an unsupported kind, or without a schema that defines its columns.
                case unread
                /// A table that has errors, when these are allowed.
                case invalid
            }
        }

        /// A table of the database that belongs to a resource.
        public struct Table: Sendable, Equatable {
            /// The name of the resource.
            public let resource: String
            /// The name of the table in the database.
            public let name: String
            /// The number of rows inserted; nil for an unchanged table, which was not read.
            public let rows: Int?
            /// The number of cells that are not of their field's type; 0 for an unchanged table.
            public let untypedCells: Int
        }
    }

    /// Derives the package: creates the database if it does not exist, and otherwise brings the package's tables up to
    /// date.
    ///
    /// - Throws: ``PackageError``; the database is then unchanged.
    public func derive() async throws(PackageError) -> Summary {
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
    ) async throws(PackageError) -> Summary {
        let database = try DerivedDatabase(path: path)
        return try await database.transaction { () async throws(PackageError) in
            var run = try DerivationRun(
                source: source, package: package, catalog: DerivedCatalog(database), etag: etag,
                allowsInvalid: allowsInvalid)
            if !replaces { try run.requireSamePlace() }
            return try await run.derive()
        }
    }
}
