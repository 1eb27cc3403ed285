import CofferSQLite

/// A connection to the catalog's database. Used by one thread at a time.
struct SQLiteConnection {
    private let database: SQLiteDatabase

    /// - Parameter vfs: the name of the SQLite VFS with the database's files; nil for the default.
    init(path: String, isReadOnly: Bool, vfs: String? = nil) throws(StorageError) {
        database = try Self.attempt { () throws(SQLiteError) in
            try SQLiteDatabase(path: path, for: isReadOnly ? .reading : .creating, vfs: vfs)
        }
    }

    /// Runs statements without values or result rows.
    func execute(_ sql: String) throws(StorageError) {
        try Self.attempt { () throws(SQLiteError) in try database.execute(sql) }
    }

    /// Runs a statement with values for its `?` placeholders.
    ///
    /// - Returns: the number of rows it changed.
    @discardableResult
    func run(_ sql: SQL, _ values: SQLiteValue...) throws(StorageError) -> Int {
        try run(sql, values)
    }

    @discardableResult
    func run(_ sql: SQL, _ values: [SQLiteValue]) throws(StorageError) -> Int {
        try each(sql, values) { _ in true }
        return database.changes
    }

    /// Passes the rows of a query to `row`, one by one, until it returns false.
    func each(
        _ sql: SQL, _ values: SQLiteValue..., row: (SQLiteRow) throws(StorageError) -> Bool
    ) throws(StorageError) {
        try each(sql, values, row: row)
    }

    func each(
        _ sql: SQL, _ values: [SQLiteValue], row: (SQLiteRow) throws(StorageError) -> Bool
    ) throws(StorageError) {
        let statement = try Self.attempt { () throws(SQLiteError) in try database.statement(sql) }
        defer { statement.reset() }
        for (index, value) in values.enumerated() { value.bind(to: statement, at: Int32(index + 1)) }
        while try Self.attempt({ () throws(SQLiteError) in try statement.step() }) {
            guard try row(SQLiteRow(statement)) else { return }
        }
    }

    /// Runs a query for the only column of its first row, and again, with another value for its second placeholder, for
    /// as long as `visit` returns one.
    func seek(
        _ sql: SQL, _ value: SQLiteValue, from start: [UInt8], visit: (_ key: Span<UInt8>) -> [UInt8]?
    ) throws(StorageError) {
        let statement = try Self.attempt { () throws(SQLiteError) in try database.statement(sql) }
        defer { statement.reset() }
        value.bind(to: statement, at: 1)
        var next: [UInt8]? = start
        while let key = next {
            statement.bind(blob: key, at: 2)
            guard try Self.attempt({ () throws(SQLiteError) in try statement.step() }) else { return }
            next = statement.withBytes(0, visit)
            statement.reset()
        }
    }

    /// Returns the first row of a query.
    func first<Value>(
        _ sql: SQL, _ values: SQLiteValue..., row: (SQLiteRow) throws(StorageError) -> Value
    ) throws(StorageError) -> Value? {
        var found: Value?
        try each(sql, values) { current throws(StorageError) in
            found = try row(current)
            return false
        }
        return found
    }

    /// Returns all rows of a query.
    func all<Value>(
        _ sql: SQL, _ values: SQLiteValue..., row: (SQLiteRow) throws(StorageError) -> Value
    ) throws(StorageError) -> [Value] {
        try all(sql, values, row: row)
    }

    func all<Value>(
        _ sql: SQL, _ values: [SQLiteValue], row: (SQLiteRow) throws(StorageError) -> Value
    ) throws(StorageError) -> [Value] {
        var found: [Value] = []
        try each(sql, values) { current throws(StorageError) in
            found.append(try row(current))
            return true
        }
        return found
    }

    /// Runs several reads on the same snapshot.
    func snapshot<Value>(_ body: () throws(StorageError) -> Value) throws(StorageError) -> Value {
        try beginSnapshot()
        defer { endSnapshot() }
        return try body()
    }

    // Statements that are kept: SQLite would parse them for every read.
    func beginSnapshot() throws(StorageError) { try run(Self.begin) }

    /// Nothing was written, so ending the transaction cannot fail.
    func endSnapshot() { _ = try? run(Self.rollback) }

    private static let begin: SQL = "BEGIN"
    private static let rollback: SQL = "ROLLBACK"

    var isInTransaction: Bool { database.isInTransaction }

    // MARK: The write-ahead log

    var logPages: Int { database.logPages }

    /// Maintains ``logPages``, and turns automatic checkpoints off in favour of ``checkpoint(truncating:)``.
    func countLogPages() { database.countLogPages() }

    /// Moves the contents of the write-ahead log into the database.
    ///
    /// - Parameter truncating: whether to wait for readers and empty the log; otherwise only pages that can be moved at
    ///   once are moved.
    func checkpoint(truncating: Bool) throws(StorageError) {
        let outcome = try Self.attempt { () throws(SQLiteError) in try database.checkpoint(truncating: truncating) }
        guard outcome != .skipped else { throw StorageError.failed("the catalog's log is not open for a checkpoint") }
    }

    private static func attempt<Value>(_ call: () throws(SQLiteError) -> Value) throws(StorageError) -> Value {
        do throws(SQLiteError) {
            return try call()
        } catch {
            throw StorageError(error)
        }
    }
}

extension StorageError {
    fileprivate init(_ error: SQLiteError) {
        let text = "(\(error.code)): \(error.message)"
        self =
            switch error.cause {
            case .full: .noSpace
            case .tooManyFiles: .busy
            case .damaged:
                .damaged("catalog.sqlite is damaged \(text): restore it from your backup, together with blobs")
            case .other: .failed("the catalog reports an error \(text)")
            }
    }
}

/// The value of a `?` placeholder.
enum SQLiteValue: Sendable {
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])

    fileprivate func bind(to statement: SQLiteStatement, at index: Int32) {
        switch self {
        case .null: statement.bindNull(at: index)
        case .integer(let number): statement.bind(number, at: index)
        case .text(let text): statement.bind(text, at: index)
        case .blob(let bytes): statement.bind(blob: bytes, at: index)
        }
    }
}

/// The current row of a statement, valid until the next step.
struct SQLiteRow {
    private let statement: SQLiteStatement

    fileprivate init(_ statement: SQLiteStatement) { self.statement = statement }

    func integer(_ column: Int32) -> Int64 { statement.integer(column) }

    func isNull(_ column: Int32) -> Bool { statement.isNull(column) }

    func text(_ column: Int32) -> String { statement.text(column) }

    func blob(_ column: Int32) -> [UInt8] { statement.blob(column) }

    /// Appends texts or bytes, and returns where each ends.
    func copy(_ columns: Range<Int32>, to bytes: inout [UInt8]) -> InlineArray<5, Int> {
        statement.copy(columns, to: &bytes)
    }
}
