/// Takes a package out of a derived database: its tables, what the search finds in them, and what is told of it.
public struct Removal: Sendable {
    private let package: String
    private let path: String

    /// - Parameters:
    ///   - package: its name, as the database has it.
    ///   - path: the database's file.
    public init(_ package: String, database path: String) {
        self.package = package
        self.path = path
    }

    /// - Returns: the names of the tables that were dropped.
    /// - Throws: ``DerivationError/database(_:)``, also where there is no database or no such package in it; then the
    ///   database is as it was.
    public func remove() async throws(DerivationError) -> [String] {
        let database = try DerivedDatabase(path: path, makesOne: false)
        return try await database.transaction { () async throws(DerivationError) in
            let catalog = try DerivedCatalog(database)
            let packages = try catalog.packages()
            guard packages.contains(package) else {
                let there = packages.isEmpty ? "has none" : "has \(packages.map(quoted).joined(separator: ", "))"
                throw .database("there is no package \(quoted(package)) in \(path), which \(there)")
            }
            var tables: [String] = []
            for resource in try catalog.resources(package: package) {
                if let table = try catalog.table(package: package, resource: resource) { tables.append(table) }
            }
            try catalog.remove(package: package)
            return tables
        }
    }
}
