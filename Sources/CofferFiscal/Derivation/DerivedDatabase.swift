import CofferSQLite

/// An SQLite database during derivation. Used by one task at a time.
final class DerivedDatabase {
    private let database: SQLiteDatabase

    /// The application id "Cofi", which marks derived databases.
    private static let applicationID = 0x436F_6669
    private static let version = 1

    /// Opens a derived database.
    ///
    /// - Parameter makesOne: whether to create the database if it does not exist; otherwise a missing database is an
    ///   error.
    /// - Throws: ``PackageError/database(_:)`` if the file is another database.
    init(path: String, makesOne: Bool = true) throws(PackageError) {
        do throws(SQLiteError) {
            database = try SQLiteDatabase(path: path, for: makesOne ? .creating : .writing)
        } catch {
            throw .database("cannot open \(path): \(error.message)")
        }
        try prepareFile(path, makesOne)
    }

    private func prepareFile(_ path: String, _ makesOne: Bool) throws(PackageError) {
        let id: Int
        do throws(PackageError) {
            // Immediate, so that no process sees a partial setup, and two processes that start at once wait for each
            // other.
            try execute(makesOne ? "BEGIN IMMEDIATE" : "BEGIN")
            id = try integer("PRAGMA application_id")
        } catch {
            throw .database("cannot use \(path): \(error)")
        }
        if id == Self.applicationID {
            let version = try integer("PRAGMA user_version")
            guard version == Self.version else {
                throw .database("\(path) was derived by another version of coffer: remove it and derive it again")
            }
            return try execute("COMMIT")
        }
        guard makesOne, id == 0, try integer("SELECT count(*) FROM sqlite_schema") == 0 else {
            throw .database("\(path) is not a derived database: give another file")
        }
        try execute("PRAGMA application_id = \(Self.applicationID)")
        try execute("PRAGMA user_version = \(Self.version)")
        try execute("COMMIT")
    }

    /// The maximum number of columns in a table.
    var columnLimit: Int { database.columnLimit }

    /// Runs statements without parameters and results.
    func execute(_ sql: String) throws(PackageError) {
        try deriving { () throws(SQLiteError) in try database.execute(sql) }
    }

    /// Runs all changes in one transaction: other connections see none of them, or all.
    func transaction<Value>(_ body: () async throws(PackageError) -> Value) async throws(PackageError) -> Value {
        try execute("BEGIN IMMEDIATE")
        do throws(PackageError) {
            let value = try await body()
            try execute("COMMIT")
            return value
        } catch {
            // SQLite may already have rolled back by itself; in either case nothing remains.
            try? database.execute("ROLLBACK")
            throw error
        }
    }

    func statement(_ sql: String) throws(PackageError) -> DerivedStatement {
        DerivedStatement(try deriving { () throws(SQLiteError) in try database.statement(SQL(sql)) })
    }

    /// Releases the statements, which keep tables in use that are to be dropped.
    func forgetStatements() { database.forgetStatements() }

    func run(_ sql: String, _ values: [DerivedValue] = []) throws(PackageError) {
        let statement = try statement(sql)
        statement.bind(values)
        try statement.step()
    }

    /// Returns the first column of all rows, as text.
    func texts(_ sql: String, _ values: [DerivedValue] = []) throws(PackageError) -> [String] {
        let statement = try statement(sql)
        statement.bind(values)
        return try statement.texts()
    }

    private func integer(_ sql: String) throws(PackageError) -> Int {
        try texts(sql).first.flatMap { Int($0) } ?? 0
    }

    /// Returns a name quoted for SQL.
    static func quoted(_ name: String) -> String { "\"\(name.replacing("\"", with: "\"\""))\"" }
}

enum DerivedValue {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)

    init(_ text: String?) { self = text.map(DerivedValue.text) ?? .null }
}

/// A prepared statement of a ``DerivedDatabase``.
struct DerivedStatement {
    private let statement: SQLiteStatement

    fileprivate init(_ statement: SQLiteStatement) { self.statement = statement }

    func bind(_ value: DerivedValue, at index: Int32) {
        switch value {
        case .null: statement.bindNull(at: index)
        case .integer(let number): statement.bind(number, at: index)
        case .real(let number): statement.bind(number, at: index)
        case .text(let text): statement.bind(text, at: index)
        }
    }

    /// Binds a cell as text; SQLite copies it.
    func bind(_ cell: Cell, at index: Int32) { statement.bind(text: cell, at: index) }

    fileprivate func bind(_ values: [DerivedValue]) {
        for (index, value) in values.enumerated() { bind(value, at: Int32(index + 1)) }
    }

    /// Runs the statement with the bound values; any rows are ignored.
    func step() throws(PackageError) {
        defer { statement.reset() }
        while try deriving({ () throws(SQLiteError) in try statement.step() }) {}
    }

    fileprivate func texts() throws(PackageError) -> [String] {
        defer { statement.reset() }
        var texts: [String] = []
        while try deriving({ () throws(SQLiteError) in try statement.step() }) { texts.append(statement.text(0)) }
        return texts
    }
}

/// Runs a call of SQLite with the errors of derivation.
private func deriving<Value>(_ call: () throws(SQLiteError) -> Value) throws(PackageError) -> Value {
    do throws(SQLiteError) {
        return try call()
    } catch {
        throw .database("SQLite fails (\(error.code)): \(error.message)")
    }
}
