/// The tables of a derived database that describe its contents: packages, resources, columns, measures and dimensions.
struct DerivedCatalog {
    let database: DerivedDatabase

    private static let tables = """
        CREATE TABLE IF NOT EXISTS packages (
            name TEXT PRIMARY KEY, title TEXT, description TEXT, location TEXT NOT NULL, etag TEXT NOT NULL,
            country TEXT, fiscal_start TEXT, fiscal_end TEXT) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS resources (
            package TEXT NOT NULL, name TEXT NOT NULL, table_name TEXT NOT NULL UNIQUE, title TEXT, etag TEXT,
            row_count INTEGER NOT NULL, PRIMARY KEY (package, name)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS columns (
            table_name TEXT NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL, field TEXT, title TEXT,
            type TEXT NOT NULL, column_type TEXT, PRIMARY KEY (table_name, position)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS measures (
            package TEXT NOT NULL, name TEXT NOT NULL, table_name TEXT NOT NULL, column_name TEXT NOT NULL,
            currency TEXT, factor REAL NOT NULL, direction TEXT, phase TEXT, PRIMARY KEY (package, name)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS attributes (
            package TEXT NOT NULL, dimension TEXT NOT NULL, name TEXT NOT NULL, dimension_type TEXT,
            classification_type TEXT, is_key INTEGER NOT NULL, table_name TEXT, column_name TEXT, constant TEXT,
            label_for TEXT, parent TEXT, PRIMARY KEY (package, dimension, name)) WITHOUT ROWID;
        CREATE VIRTUAL TABLE IF NOT EXISTS search USING fts5 (
            text, kind UNINDEXED, package UNINDEXED, table_name UNINDEXED, column_name UNINDEXED, code UNINDEXED,
            tokenize = 'unicode61 remove_diacritics 2');
        """

    init(_ database: DerivedDatabase) throws(PackageError) {
        self.database = database
        try database.execute(Self.tables)
    }

    func location(package: String) throws(PackageError) -> String? {
        try database.texts("SELECT location FROM packages WHERE name = ?", [.text(package)]).first
    }

    func etag(package: String) throws(PackageError) -> String? {
        try database.texts("SELECT etag FROM packages WHERE name = ?", [.text(package)]).first
    }

    /// Returns the identity of a table's data; nil if it is unknown, or if the table does not exist or was dropped.
    func etag(package: String, resource: String) throws(PackageError) -> String? {
        try database.texts(
            """
            SELECT etag FROM resources WHERE package = ? AND name = ? AND etag IS NOT NULL
            AND EXISTS (SELECT 1 FROM sqlite_schema AS there WHERE there.type = 'table' AND there.name = table_name)
            """,
            [.text(package), .text(resource)]
        ).first
    }

    func resources(package: String) throws(PackageError) -> [String] {
        try database.texts("SELECT name FROM resources WHERE package = ? ORDER BY name", [.text(package)])
    }

    func table(package: String, resource: String) throws(PackageError) -> String? {
        try database.texts(
            "SELECT table_name FROM resources WHERE package = ? AND name = ?", [.text(package), .text(resource)]
        ).first
    }

    /// Returns an unused name for a table: `package__resource` in characters that need no quoting.
    func newTableName(
        package: String, resource: String, _ numbered: inout NumberedNames
    ) throws(PackageError) -> String {
        var name = "\(Self.word(package))__\(Self.word(resource))"
        // SQLite reserves names with this prefix.
        if name.hasPrefix("sqlite_") { name = "t" + name }
        return try numbered.next(name, "_") { candidate throws(PackageError) in
            try database.texts("SELECT 1 FROM sqlite_schema WHERE name = ? COLLATE NOCASE", [.text(candidate)]).isEmpty
        }
    }

    private static func word(_ name: String) -> String {
        let word = name.lowercased().unicodeScalars.map { scalar in
            ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) ? String(scalar) : "_"
        }.joined()
        return word.first.map { ("0"..."9").contains($0) } ?? true ? "t" + word : word
    }

    // MARK: Changes

    func remove(package: String, resource: String) throws(PackageError) {
        guard let table = try table(package: package, resource: resource) else { return }
        try database.run("DELETE FROM columns WHERE table_name = ?", [.text(table)])
        try database.run("DELETE FROM resources WHERE table_name = ?", [.text(table)])
        try database.run("DELETE FROM search WHERE table_name = ?", [.text(table)])
        database.forgetStatements()
        // A user of the database may have dropped the table.
        try database.execute("DROP TABLE IF EXISTS \(DerivedDatabase.quoted(table))")
    }

    /// Returns the names of all packages, in order.
    func packages() throws(PackageError) -> [String] {
        try database.texts("SELECT name FROM packages ORDER BY name")
    }

    /// Removes a package with its tables.
    func remove(package: String) throws(PackageError) {
        for resource in try resources(package: package) { try remove(package: package, resource: resource) }
        try forget(package)
    }

    /// Removes the description of a package and its model.
    private func forget(_ package: String) throws(PackageError) {
        try database.run("DELETE FROM packages WHERE name = ?", [.text(package)])
        try database.run("DELETE FROM measures WHERE package = ?", [.text(package)])
        try database.run("DELETE FROM attributes WHERE package = ?", [.text(package)])
        try database.run("DELETE FROM search WHERE kind = 'package' AND package = ?", [.text(package)])
    }

    /// Writes the description of a package and its model; that of its tables is kept.
    func write(_ package: PackageDescriptor, name: String, location: String, etag: String) throws(PackageError) {
        try forget(name)
        try database.run(
            "INSERT INTO packages VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                .text(name), DerivedValue(package.title), DerivedValue(package.description), .text(location),
                .text(etag),
                DerivedValue(package.countryCodes.isEmpty ? nil : package.countryCodes.joined(separator: ",")),
                DerivedValue(package.fiscalPeriod.start), DerivedValue(package.fiscalPeriod.end),
            ])
        let text = [package.title, package.description].compactMap { $0 }.joined(separator: "\n")
        try index(text.isEmpty ? name : text, kind: "package", package: name)
    }

    func write(_ table: DerivedTable, _ resource: Resource, package: String, etag: String?) throws(PackageError) {
        try database.run(
            "INSERT INTO resources VALUES (?, ?, ?, ?, ?, ?)",
            [
                .text(package), .text(resource.name), .text(table.name), DerivedValue(resource.title),
                DerivedValue(etag),
                .integer(Int64(table.rowCount)),
            ])
        for (position, column) in table.columns.enumerated() {
            try database.run(
                "INSERT INTO columns VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    .text(table.name), .integer(Int64(position + 1)), .text(column.name), DerivedValue(column.field),
                    DerivedValue(column.title), .text(column.type.rawValue), DerivedValue(column.columnType),
                ])
            guard let title = column.title else { continue }
            try index(title, kind: "field", package: package, table: table.name, column: column.name)
        }
        try index(resource.title ?? resource.name, kind: "resource", package: package, table: table.name)
    }

    func index(
        _ text: String, kind: String, package: String, table: String? = nil, column: String? = nil
    ) throws(PackageError) {
        try database.run(
            "INSERT INTO search VALUES (?, ?, ?, ?, ?, NULL)",
            [.text(text), .text(kind), .text(package), DerivedValue(table), DerivedValue(column)])
    }
}
