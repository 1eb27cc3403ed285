import CofferSQLite
import CofferSystem

/// The catalog in an SQLite database with a write-ahead log.
final class SQLiteCatalog: Catalog {
    let segmentIDs: IDLease
    private let readers: CatalogReaders
    private let writer: CatalogWriter

    /// Opens or creates the catalog.
    ///
    /// - Parameters:
    ///   - syncs: whether a commit waits for the disk.
    ///   - reserve: disk space reserved for deleting on a full disk.
    ///   - onFault: called with failures of background work.
    init(
        path: String, fileSystem: any FileSystem, syncs: Bool, reserve: SpaceReserve, clock: ServiceClock,
        onFault: @escaping @Sendable (StorageError) -> Void
    ) throws(StorageError) {
        // The file holds secrets, and if SQLite made it, it would have the default permissions. The log inherits the
        // permissions of the database.
        try fileSystem.makePrivateFile(path)
        let vfs = fileSystem.sqliteVFSName
        let connection = try SQLiteConnection(path: path, isReadOnly: false, vfs: vfs)
        try connection.execute("PRAGMA journal_mode = WAL")
        try connection.execute("PRAGMA synchronous = \(syncs ? "FULL" : "OFF")")
        // Debian's SQLite overwrites deleted data with zeros by default: every DELETE would write as much as the PUT
        // before it, and would fail on a full disk.
        try connection.execute("PRAGMA secure_delete = OFF")
        if try Schema.migrate(connection) { try connection.checkpoint(truncating: true) }
        segmentIDs = IDLease(number: try Self.lease(connection))
        writer = try CatalogWriter(
            path: path, vfs: vfs, connection: connection, reserve: reserve, clock: clock, onFault: onFault)
        readers = CatalogReaders(path: path, vfs: vfs)
    }

    var counts: WriteCounts { writer.counts }
    /// The lock of the data directory keeps other processes away.
    let isShared = false

    func read<Value: Sendable>(
        _ body: @Sendable (_ rows: any CatalogReads) async throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        try await readers.read { rows async throws(StorageError) in try await body(rows) }
    }

    func snapshot<Value: Sendable>(
        _ body: @Sendable (_ rows: any CatalogReads) async throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        try await readers.read { rows async throws(StorageError) in
            try rows.connection.beginSnapshot()
            defer { rows.connection.endSnapshot() }
            return try await body(rows)
        }
    }

    func change<Value: Sendable>(
        _ locks: CatalogLocks, freesSpace: Bool,
        _ body: @escaping @Sendable (_ rows: any CatalogTransaction) async throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        try await writer.change(freesSpace: freesSpace, body)
    }

    func close() async throws(StorageError) { try await writer.close() }

    /// Returns the size of the free pages that deletions left in the database file, which never shrinks.
    func reusableByteCount() throws(StorageError) -> Int64 {
        try readers.readNow { rows throws(StorageError) in
            let pages = try rows.connection.first("PRAGMA freelist_count") { $0.integer(0) } ?? 0
            return pages * (try rows.connection.first("PRAGMA page_size") { $0.integer(0) } ?? 0)
        }
    }

    /// Returns whether a catalog that is not open yet holds sealed secrets.
    static func holdsSecrets(path: String, _ fileSystem: any FileSystem) throws(StorageError) -> Bool {
        guard (fileSystem.byteCount(ofFile: path) ?? 0) > 0 else { return false }
        let connection = try SQLiteConnection(path: path, isReadOnly: true, vfs: fileSystem.sqliteVFSName)
        let hasKeys = try connection.first("SELECT 1 FROM sqlite_schema WHERE name = 'iam_access_keys'") { _ in true }
        guard hasKeys == true else { return false }
        return try connection.first("SELECT 1 FROM iam_access_keys LIMIT 1") { _ in true } ?? false
    }

    private static func lease(_ connection: SQLiteConnection) throws(StorageError) -> Int64 {
        try connection.run("UPDATE properties SET value = CAST(value AS INTEGER) + 1 WHERE name = 'leases'")
        let number = try connection.first("SELECT value FROM properties WHERE name = 'leases'") { $0.integer(0) }
        guard let number else { throw StorageError.failed("the catalog has no leases") }
        return number
    }
}
