import CofferModel
import CofferSQLite
import CofferSystem

/// A transaction of an SQLite catalog, in which the changes of a batch run one after another.
final class SQLiteTransaction: SQLiteReads, CatalogTransaction {
    private(set) var time: Timestamp
    /// Whether the change that is running has written anything.
    private var hasWritten = false
    private let clock: ServiceClock
    /// As of this transaction: it becomes the writer's when the transaction is committed.
    var memory: WriterMemory
    private let stored: Int64
    /// Whether uploads in progress were looked for in this transaction.
    var hasLookedForUploads = false
    /// The difference to the stored totals, which are updated once, at the end.
    private var addedTotals: (objects: Int64, bytes: Int64) = (0, 0)

    init(_ connection: SQLiteConnection, _ memory: WriterMemory, clock: ServiceClock) {
        self.clock = clock
        self.memory = memory
        stored = memory.leasedSequence
        time = clock.time
        super.init(connection)
    }

    /// Runs a change.
    ///
    /// - Returns: whether the transaction can go on: the change succeeded, or it left no trace.
    func run(_ change: (SQLiteTransaction) async -> Bool) async -> Bool {
        hasWritten = false
        time = clock.time
        // A full or failing disk can make SQLite abandon the whole transaction.
        return await change(self) || (!hasWritten && connection.isInTransaction)
    }

    /// Writes what is written once per transaction.
    ///
    /// - Returns: what the writer knows once this is committed.
    func finish() throws(StorageError) -> WriterMemory {
        try writeTotals()
        if memory.leasedSequence != stored {
            try connection.run(
                "UPDATE properties SET value = ? WHERE name = 'sequence'", .text(String(memory.leasedSequence)))
        }
        return memory
    }

    // Named by its id: for an update of all rows, SQLite begins a journal of the statement, with 64 KiB of memory.
    private static let addTotals: SQL = "UPDATE totals SET objects = objects + ?, bytes = bytes + ? WHERE rowid = 1"

    private func writeTotals() throws(StorageError) {
        guard addedTotals != (0, 0) else { return }
        let count = try connection.run(Self.addTotals, .integer(addedTotals.objects), .integer(addedTotals.bytes))
        guard count == 1 else { throw .failed("the catalog has no totals") }
        addedTotals = (0, 0)
    }

    override func totals() throws(StorageError) -> StoreTotals {
        try writeTotals()
        return try super.totals()
    }

    func nextSequence() -> Int64 { memory.nextSequence() }

    func addToTotals(objects: Int64, bytes: Int64) {
        hasWritten = true
        addedTotals.objects += objects
        addedTotals.bytes += bytes
    }

    /// Writes rows.
    ///
    /// - Returns: how many rows were changed.
    @discardableResult
    func write(_ sql: SQL, _ values: SQLiteValue...) throws(StorageError) -> Int { try write(sql, values) }

    @discardableResult
    func write(_ sql: SQL, _ values: [SQLiteValue]) throws(StorageError) -> Int {
        hasWritten = true
        return try connection.run(sql, values)
    }

    // MARK: Buckets

    override func bucket(id: Int64) throws(StorageError) -> Bucket? {
        if let bucket = memory.bucket(id) { return bucket }
        let bucket = try super.bucket(id: id)
        if let bucket { memory.keep(bucket) }
        return bucket
    }

    func insert(_ new: NewBucket) throws(StorageError) -> Bucket {
        try write(
            "INSERT INTO buckets (name, owner, region, created, versioning) VALUES (?, ?, ?, ?, ?)",
            .text(new.name.description), .text(new.owner), .text(new.region), .integer(new.created.milliseconds),
            .integer(new.versioning.rawValue))
        guard let bucket = try bucket(named: new.name) else {
            throw .failed("a bucket that was just created is missing")
        }
        return bucket
    }

    func setVersioning(_ versioning: Versioning, of bucket: Bucket) throws(StorageError) {
        memory.forget(bucket)
        try write("UPDATE buckets SET versioning = ? WHERE id = ?", .integer(versioning.rawValue), .integer(bucket.id))
    }

    func remove(_ bucket: Bucket) throws(StorageError) -> Bool {
        memory.forget(bucket)
        try write("DELETE FROM bucket_configurations WHERE bucket = ?", .integer(bucket.id))
        return try write("DELETE FROM buckets WHERE id = ?", .integer(bucket.id)) == 1
    }

    func setConfiguration(
        _ kind: String, of bucket: Bucket, to document: [UInt8]?
    ) throws(StorageError) {
        guard let document else {
            try write(
                "DELETE FROM bucket_configurations WHERE bucket = ? AND kind = ?", .integer(bucket.id), .text(kind))
            return
        }
        try write(
            """
            INSERT INTO bucket_configurations VALUES (?, ?, ?)
            ON CONFLICT (bucket, kind) DO UPDATE SET document = excluded.document
            """,
            .integer(bucket.id), .text(kind), .blob(document))
    }

    // MARK: The store itself

    func setProperty(_ name: String, to value: String) throws(StorageError) {
        try write(
            "INSERT INTO properties VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            .text(name), .text(value))
    }

    func raiseRevision(of topic: CatalogTopic) throws(StorageError) -> Int64 {
        try write(
            "INSERT INTO revisions VALUES (?, 1) ON CONFLICT (topic) DO UPDATE SET count = revisions.count + 1",
            .text(topic.rawValue))
        return try revision(of: topic)
    }

    func append(_ event: StoreEvent) throws(StorageError) {
        try write(
            "INSERT INTO outbox (sequence, time, kind, bucket, key, document) VALUES (?, ?, ?, ?, ?, ?)",
            .integer(nextSequence()), .integer(time.milliseconds), .text(event.kind), .integer(event.bucket),
            event.key.map { .blob($0.bytes) } ?? .null, .blob(event.document))
    }

    func removeEvents(through sequence: Int64) throws(StorageError) {
        try write("DELETE FROM outbox WHERE sequence <= ?", .integer(sequence))
    }

    func put(_ job: JobRecord) throws(StorageError) {
        try write(
            """
            INSERT INTO jobs VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE
            SET progress = excluded.progress, next_run = excluded.next_run, failures = excluded.failures
            """,
            .text(job.name), job.progress.map { .blob($0) } ?? .null, .integer(job.nextRun.milliseconds),
            .integer(Int64(job.failures)))
    }
}
