import CSQLite

/// A connection to an SQLite database, with its prepared statements. Used by one thread at a time.
package final class SQLiteDatabase {
    private let handle: OpaquePointer
    private var statements: [SQL: SQLiteStatement] = [:]
    /// The number of pages in the write-ahead log after the last commit, once ``countLogPages()`` has been called.
    package private(set) var logPages = 0

    package enum Access: Sendable {
        case reading
        /// Reading and writing a database that exists.
        case writing
        /// Reading and writing; a database that does not exist is created.
        case creating
    }

    private static let isConfigured: Void = coffer_configure_sqlite()

    /// - Parameter vfs: the name of the SQLite VFS with the database's files; nil for the default.
    package init(path: String, for access: Access, vfs: String? = nil) throws(SQLiteError) {
        let flags =
            switch access {
            case .reading: SQLITE_OPEN_READONLY
            case .writing: SQLITE_OPEN_READWRITE
            case .creating: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
            }
        Self.isConfigured
        var handle: OpaquePointer?
        let status = sqlite3_open_v2(path, &handle, flags | SQLITE_OPEN_NOMUTEX, vfs)
        guard status == SQLITE_OK, let handle else {
            let error = handle.map { SQLiteError(of: $0) } ?? SQLiteError(code: status)
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
    package func execute(_ sql: String) throws(SQLiteError) {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw SQLiteError(of: handle) }
    }

    /// Returns a prepared statement, which is kept for the next call with the same text. The caller resets it after use.
    package func statement(_ sql: SQL) throws(SQLiteError) -> SQLiteStatement {
        if let statement = statements[sql] { return statement }
        var pointer: OpaquePointer?
        guard sqlite3_prepare_v3(handle, sql.text, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &pointer, nil) == SQLITE_OK,
            let pointer
        else { throw SQLiteError(of: handle) }
        let statement = SQLiteStatement(pointer)
        statements[sql] = statement
        return statement
    }

    /// Releases the kept statements, which keep tables in use that are to be dropped.
    package func forgetStatements() { statements.removeAll() }

    /// The number of rows that the last statement changed.
    package var changes: Int { Int(sqlite3_changes(handle)) }

    /// Whether a transaction is open; SQLite ends it on its own after some failures.
    package var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// The maximum number of columns in a table.
    package var columnLimit: Int { Int(sqlite3_limit(handle, SQLITE_LIMIT_COLUMN, -1)) }

    // MARK: The write-ahead log

    /// Maintains ``logPages``, and turns automatic checkpoints off in favour of ``checkpoint(truncating:)``.
    package func countLogPages() {
        sqlite3_wal_hook(
            handle,
            { context, _, _, pages in
                // The connection outlives its own commits.
                guard let context else { return SQLITE_OK }
                Unmanaged<SQLiteDatabase>.fromOpaque(context).takeUnretainedValue().logPages = Int(pages)
                return SQLITE_OK
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    package enum Checkpoint: Sendable {
        case done
        /// Another checkpoint is running, or readers still use the rest of the log.
        case unfinished
        /// The connection has not opened the log yet: nothing was moved.
        case skipped
    }

    /// Moves the contents of the write-ahead log into the database.
    ///
    /// - Parameter truncating: whether to wait for readers and empty the log; otherwise only pages that can be moved at
    ///   once are moved.
    package func checkpoint(truncating: Bool) throws(SQLiteError) -> Checkpoint {
        let mode = truncating ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE
        var pages: Int32 = 0
        let status = sqlite3_wal_checkpoint_v2(handle, nil, mode, &pages, nil)
        if status == SQLITE_BUSY { return .unfinished }
        guard status == SQLITE_OK else { throw SQLiteError(of: handle) }
        // SQLite reports success in this case.
        return pages < 0 ? .skipped : .done
    }
}
