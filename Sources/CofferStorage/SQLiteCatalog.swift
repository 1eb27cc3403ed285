import CofferCrypto
import CofferModel
import CofferSystem

/// The catalog in an SQLite database with a write-ahead log.
final class SQLiteCatalog: Catalog {
    let readers: CatalogReaders
    let writer: CatalogWriter
    let secrets: SecretBox
    let clock: ServiceClock
    private let ids: IDSequence

    /// Opens or creates the catalog.
    ///
    /// - Parameters:
    ///   - syncs: whether a commit waits for the disk.
    ///   - secrets: seals the secrets of access keys.
    ///   - reserve: disk space reserved for deleting on a full disk.
    ///   - onFault: called with failures of background work.
    init(
        path: String, syncs: Bool, secrets: SecretBox, reserve: SpaceReserve, clock: ServiceClock,
        onFault: @escaping @Sendable (StorageError) -> Void
    ) throws(StorageError) {
        // The file holds secrets, and if SQLite made it, it would have the default permissions. The log inherits the
        // permissions of the database.
        try makePrivateFile(path)
        let connection = try SQLiteConnection(path: path, isReadOnly: false)
        try connection.execute("PRAGMA journal_mode = WAL")
        try connection.execute("PRAGMA synchronous = \(syncs ? "FULL" : "OFF")")
        // Data removed by a migration may be secrets of earlier versions: it is overwritten, in the log as well.
        try connection.execute("PRAGMA secure_delete = ON")
        let isMigrated = try Schema.migrate(connection)
        // Checked at every start: the start that ran the migration step may have been interrupted.
        let hadPlainSecrets = try Self.sealPlainSecrets(connection, secrets)
        // Pages that were freed earlier may hold secrets as well.
        if hadPlainSecrets { try connection.execute("VACUUM") }
        if hadPlainSecrets || isMigrated { try connection.checkpoint(truncating: true) }
        // Debian's SQLite overwrites deleted data with zeros by default: every DELETE would write as much as the PUT
        // before it, and would fail on a full disk.
        try connection.execute("PRAGMA secure_delete = OFF")
        self.secrets = secrets
        self.clock = clock
        ids = IDSequence(epoch: try Self.beginEpoch(connection))
        writer = try CatalogWriter(path: path, connection: connection, reserve: reserve, onFault: onFault)
        readers = CatalogReaders(path: path)
    }

    var counts: WriteCounts { writer.counts }

    func nextID() -> Int64 { ids.next() }
    var epoch: Int64 { ids.epoch }

    func close() throws(StorageError) { try writer.close() }

    /// Returns the size of the free pages that deletions left in the database file, which never shrinks.
    func reusableByteCount() throws(StorageError) -> Int64 {
        try readers.read { connection throws(StorageError) in
            let pages = try connection.first("PRAGMA freelist_count") { $0.integer(0) } ?? 0
            return pages * (try connection.first("PRAGMA page_size") { $0.integer(0) } ?? 0)
        }
    }

    func property(_ name: String) throws(StorageError) -> String? {
        try readers.read { connection throws(StorageError) in
            try connection.first("SELECT value FROM properties WHERE name = ?", .text(name)) { $0.text(0) }
        }
    }

    func setProperty(_ name: String, to value: String) async throws(StorageError) {
        try await writer.write { connection throws(StorageError) in
            _ = try connection.run("INSERT OR REPLACE INTO properties VALUES (?, ?)", .text(name), .text(value))
        }
    }

    private static func beginEpoch(_ connection: SQLiteConnection) throws(StorageError) -> Int64 {
        try connection.run(
            "INSERT INTO properties VALUES ('epoch', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1")
        guard
            let epoch = try connection.first(
                "SELECT value FROM properties WHERE name = 'epoch'", row: { $0.integer(0) })
        else { throw StorageError.failed("the catalog has no epoch") }
        return epoch
    }
}
