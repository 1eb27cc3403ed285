/// Removes a package from a derived database: its tables, their search entries, and its description.
public struct Removal: Sendable {
    private let package: String
    private let path: String

    /// Creates a removal; ``remove()`` runs it.
    ///
    /// - Parameters:
    ///   - package: the name of the package in the database.
    ///   - path: the path of the database file.
    public init(_ package: String, database path: String) {
        self.package = package
        self.path = path
    }

    /// Removes the package, in one transaction.
    ///
    /// - Returns: the names of the tables that were dropped.
    /// - Throws: ``PackageError/database(_:)``, including if the database or the package does not exist; the
    ///   database is then unchanged.
    public func remove() async throws(PackageError) -> [String] {
        let database = try DerivedDatabase(path: path, makesOne: false)
        return try await database.transaction { () async throws(PackageError) in
            let catalog = try DerivedCatalog(database)
            let packages = try catalog.packages()
            guard packages.contains(package) else {
                let names = packages.isEmpty ? "no packages" : packages.map(quoted).joined(separator: ", ")
                throw .database("\(path) does not contain the package \(quoted(package)); it contains \(names)")
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
