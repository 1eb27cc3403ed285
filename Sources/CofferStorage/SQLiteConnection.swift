import CSQLite
import Glibc

/// A connection to an SQLite database, with its prepared statements. Used by one thread at a time.
final class SQLiteConnection {
    private let handle: OpaquePointer
    private var statements: [String: SQLiteStatement] = [:]
    /// The number of pages in the write-ahead log after the last commit, once ``countLogPages()`` has been called.
    private(set) var logPages = 0

    init(path: String, isReadOnly: Bool) throws(StorageError) {
        var handle: OpaquePointer?
        let access = isReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        let status = sqlite3_open_v2(path, &handle, access | SQLITE_OPEN_NOMUTEX, nil)
        guard status == SQLITE_OK, let handle else {
            let error = handle.map(Self.error(of:)) ?? .failed("there is no memory for a connection to the catalog")
            sqlite3_close_v2(handle)
            throw error
        }
        self.handle = handle
        sqlite3_busy_timeout(handle, 10_000)
    }

    deinit {
        statements.removeAll()
        sqlite3_close_v2(handle)
    }

    /// Runs statements without values or result rows.
    func execute(_ sql: String) throws(StorageError) {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw error() }
    }

    /// Runs a statement with values for its `?` placeholders.
    ///
    /// - Returns: the number of rows it changed.
    @discardableResult
    func run(_ sql: String, _ values: SQLiteValue...) throws(StorageError) -> Int {
        try run(sql, values)
    }

    @discardableResult
    func run(_ sql: String, _ values: [SQLiteValue]) throws(StorageError) -> Int {
        try step(sql, values) { _ in true }
        return Int(sqlite3_changes(handle))
    }

    /// Passes the rows of a query to `row`, one by one, until it returns false.
    func each(
        _ sql: String, _ values: SQLiteValue..., row: (SQLiteRow) throws(StorageError) -> Bool
    ) throws(StorageError) {
        try each(sql, values, row: row)
    }

    func each(
        _ sql: String, _ values: [SQLiteValue], row: (SQLiteRow) throws(StorageError) -> Bool
    ) throws(StorageError) {
        try step(sql, values, row: row)
    }

    /// Returns the first row of a query.
    func first<Value>(
        _ sql: String, _ values: SQLiteValue..., row: (SQLiteRow) throws(StorageError) -> Value
    ) throws(StorageError) -> Value? {
        var found: Value?
        try step(sql, values) { current throws(StorageError) in
            found = try row(current)
            return false
        }
        return found
    }

    /// Returns all rows of a query.
    func all<Value>(
        _ sql: String, _ values: SQLiteValue..., row: (SQLiteRow) throws(StorageError) -> Value
    ) throws(StorageError) -> [Value] {
        var found: [Value] = []
        try step(sql, values) { current throws(StorageError) in
            found.append(try row(current))
            return true
        }
        return found
    }

    /// Runs several reads on the same snapshot.
    func snapshot<Value>(_ body: () throws(StorageError) -> Value) throws(StorageError) -> Value {
        try execute("BEGIN")
        // Nothing was written, so ending the transaction cannot fail.
        defer { try? execute("ROLLBACK") }
        return try body()
    }

    /// Whether a transaction is open; SQLite ends it on its own after some failures.
    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// Maintains ``logPages``, and turns automatic checkpoints off in favour of ``checkpoint(truncating:)``.
    func countLogPages() {
        sqlite3_wal_hook(
            handle,
            { context, _, _, pages in
                // The connection outlives its own commits.
                guard let context else { return SQLITE_OK }
                Unmanaged<SQLiteConnection>.fromOpaque(context).takeUnretainedValue().logPages = Int(pages)
                return SQLITE_OK
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// Moves the contents of the write-ahead log into the database.
    ///
    /// - Parameter truncating: whether to wait for readers and empty the log; otherwise only pages that can be moved at
    ///   once are moved.
    func checkpoint(truncating: Bool) throws(StorageError) {
        let mode = truncating ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE
        var pages: Int32 = 0
        let status = sqlite3_wal_checkpoint_v2(handle, nil, mode, &pages, nil)
        // Busy means that another checkpoint is running, or that readers still use the rest of the log.
        if status == SQLITE_BUSY { return }
        guard status == SQLITE_OK else { throw error() }
        // SQLite skips a checkpoint on a connection that has not opened the log, and reports success.
        guard pages >= 0 else { throw StorageError.failed("the catalog's log is not open for a checkpoint") }
    }

    private func step(
        _ sql: String, _ values: [SQLiteValue], row: (SQLiteRow) throws(StorageError) -> Bool
    ) throws(StorageError) {
        let statement = try statement(sql)
        defer { statement.reset() }
        for (index, value) in values.enumerated() {
            guard statement.bind(value, at: Int32(index + 1)) == SQLITE_OK else { throw error() }
        }
        while true {
            switch statement.step() {
            case SQLITE_ROW: guard try row(statement.row) else { return }
            case SQLITE_DONE: return
            default: throw error()
            }
        }
    }

    private func statement(_ sql: String) throws(StorageError) -> SQLiteStatement {
        if let statement = statements[sql] { return statement }
        var pointer: OpaquePointer?
        guard sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &pointer, nil) == SQLITE_OK,
            let pointer
        else { throw error() }
        let statement = SQLiteStatement(pointer)
        statements[sql] = statement
        return statement
    }

    private func error() -> StorageError { Self.error(of: handle) }

    private static func error(of handle: OpaquePointer) -> StorageError {
        let code = sqlite3_extended_errcode(handle)
        let text = "(\(code)): \(String(cString: sqlite3_errmsg(handle)))"
        switch (code & 0xFF, sqlite3_system_errno(handle)) {
        case (SQLITE_FULL, _), (_, ENOSPC): return .noSpace
        case (SQLITE_CANTOPEN, EMFILE), (SQLITE_CANTOPEN, ENFILE): return .busy
        case (SQLITE_CORRUPT, _), (SQLITE_NOTADB, _):
            return .damaged("catalog.sqlite is damaged \(text): restore it from your backup, together with blobs")
        default: return .failed("the catalog reports an error \(text)")
        }
    }
}

/// The value of a column or of a `?` placeholder.
enum SQLiteValue: Sendable {
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])
}

/// A prepared statement of one connection.
final class SQLiteStatement {
    private let handle: OpaquePointer

    fileprivate init(_ handle: OpaquePointer) { self.handle = handle }
    deinit { sqlite3_finalize(handle) }

    fileprivate var row: SQLiteRow { SQLiteRow(handle: handle) }

    fileprivate func step() -> Int32 { sqlite3_step(handle) }

    /// Resets the statement. The result is ignored: it repeats the error of the previous step, which was handled there.
    fileprivate func reset() { sqlite3_reset(handle) }

    fileprivate func bind(_ value: SQLiteValue, at index: Int32) -> Int32 {
        switch value {
        case .null: sqlite3_bind_null(handle, index)
        case .integer(let number): sqlite3_bind_int64(handle, index, number)
        case .text(var text):
            text.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) {
                    coffer_bind_text(handle, index, $0.baseAddress, Int32($0.count))
                }
            }
        case .blob(let bytes): coffer_bind_blob(handle, index, bytes, Int32(bytes.count))
        }
    }
}

/// The current row of a statement, valid until the next step.
struct SQLiteRow {
    fileprivate let handle: OpaquePointer

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    func text(_ column: Int32) -> String {
        guard let start = sqlite3_column_text(handle, column) else { return "" }
        let bytes = UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column)))
        return String(decoding: bytes, as: UTF8.self)
    }

    func blob(_ column: Int32) -> [UInt8] {
        guard let start = sqlite3_column_blob(handle, column) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    }
}
