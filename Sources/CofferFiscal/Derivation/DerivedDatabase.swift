import CSQLite
import Glibc

/// An SQLite database during derivation. Used by one task at a time.
final class DerivedDatabase {
    private let handle: OpaquePointer
    private var statements: [String: DerivedStatement] = [:]

    /// The application id "Cofi", which marks derived databases.
    private static let applicationID = 0x436F_6669
    private static let version = 1

    /// Opens a derived database.
    ///
    /// - Parameter makesOne: whether to create the database if it does not exist; otherwise a missing database is an
    ///   error.
    /// - Throws: ``PackageError/database(_:)`` if the file is another database.
    init(path: String, makesOne: Bool = true) throws(PackageError) {
        var handle: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (makesOne ? SQLITE_OPEN_CREATE : 0)
        let status = sqlite3_open_v2(path, &handle, flags, nil)
        guard status == SQLITE_OK, let handle else {
            sqlite3_close_v2(handle)
            throw .database("cannot open \(path): \(String(cString: sqlite3_errstr(status)))")
        }
        self.handle = handle
        sqlite3_busy_timeout(handle, 10_000)
        try prepareFile(path, makesOne)
    }

    deinit {
        statements.removeAll()
        sqlite3_close_v2(handle)
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
    var columnLimit: Int { Int(sqlite3_limit(handle, SQLITE_LIMIT_COLUMN, -1)) }

    /// Runs statements without parameters and results.
    func execute(_ sql: String) throws(PackageError) {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw error() }
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
            sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
            throw error
        }
    }

    func statement(_ sql: String) throws(PackageError) -> DerivedStatement {
        if let statement = statements[sql] { return statement }
        var pointer: OpaquePointer?
        guard sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &pointer, nil) == SQLITE_OK,
            let pointer
        else { throw error() }
        let statement = DerivedStatement(pointer, database: handle)
        statements[sql] = statement
        return statement
    }

    /// Releases the statements, which keep tables in use that are to be dropped.
    func forgetStatements() { statements.removeAll() }

    func run(_ sql: String, _ values: [DerivedValue] = []) throws(PackageError) {
        try statement(sql).run(values)
    }

    /// Returns the first column of all rows, as text.
    func texts(_ sql: String, _ values: [DerivedValue] = []) throws(PackageError) -> [String] {
        try statement(sql).texts(values)
    }

    private func integer(_ sql: String) throws(PackageError) -> Int {
        try texts(sql).first.flatMap { Int($0) } ?? 0
    }

    private func error() -> PackageError { DerivedStatement.error(handle) }

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
final class DerivedStatement {
    private let handle: OpaquePointer
    private let database: OpaquePointer

    fileprivate init(_ handle: OpaquePointer, database: OpaquePointer) {
        self.handle = handle
        self.database = database
    }

    deinit { sqlite3_finalize(handle) }

    func bind(_ value: DerivedValue, at index: Int32) {
        switch value {
        case .null: sqlite3_bind_null(handle, index)
        case .integer(let number): sqlite3_bind_int64(handle, index, number)
        case .real(let number): sqlite3_bind_double(handle, index, number)
        case .text(let text): bind(Array(text.utf8), at: index)
        }
    }

    func bind(_ text: [UInt8], at index: Int32) { text.withUnsafeBufferPointer { bind($0, at: index) } }

    /// Binds a cell as text; SQLite copies it.
    func bind(_ cell: Cell, at index: Int32) {
        cell.withMemoryRebound(to: CChar.self) { bytes in
            // A null pointer would bind NULL.
            _ = coffer_bind_text(handle, index, bytes.baseAddress ?? Self.empty, Int32(bytes.count))
        }
    }

    // A constant empty C string, never written.
    nonisolated(unsafe) private static let empty: UnsafePointer<CChar> = UnsafePointer(strdup(""))

    /// Runs the statement with the bound values.
    func step() throws(PackageError) {
        defer { sqlite3_reset(handle) }
        guard sqlite3_step(handle) == SQLITE_DONE else { throw Self.error(database) }
    }

    fileprivate func run(_ values: [DerivedValue]) throws(PackageError) {
        for (index, value) in values.enumerated() { bind(value, at: Int32(index + 1)) }
        try step()
    }

    fileprivate func texts(_ values: [DerivedValue]) throws(PackageError) -> [String] {
        for (index, value) in values.enumerated() { bind(value, at: Int32(index + 1)) }
        defer { sqlite3_reset(handle) }
        var texts: [String] = []
        while true {
            switch sqlite3_step(handle) {
            case SQLITE_ROW: texts.append(text)
            case SQLITE_DONE: return texts
            default: throw Self.error(database)
            }
        }
    }

    /// The first column of the row, which may contain a NUL.
    private var text: String {
        guard let text = sqlite3_column_text(handle, 0) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, 0))
        return String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self)
    }

    fileprivate static func error(_ database: OpaquePointer) -> PackageError {
        .database(
            "SQLite reports error \(sqlite3_extended_errcode(database)): \(String(cString: sqlite3_errmsg(database)))")
    }
}
