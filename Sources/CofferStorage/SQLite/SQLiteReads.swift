import CofferModel
import CofferSQLite

/// The rows of an SQLite catalog, read on one connection. Calls never wait, except for the disk.
class SQLiteReads: CatalogReads {
    let connection: SQLiteConnection

    init(_ connection: SQLiteConnection) { self.connection = connection }

    func bucket(id: Int64) throws(StorageError) -> Bucket? {
        try connection.first(Self.selectBucketByID, .integer(id), row: Self.bucket)
    }

    func totals() throws(StorageError) -> StoreTotals {
        let totals = try connection.first(
            """
            SELECT (SELECT count(*) FROM buckets), objects, bytes, (SELECT count(*) FROM uploads WHERE ended IS NULL),
                (SELECT coalesce(sum(size), 0) FROM parts WHERE upload IN (SELECT id FROM uploads WHERE ended IS NULL))
            FROM totals
            """
        ) {
            StoreTotals(
                buckets: $0.integer(0), objects: $0.integer(1), bytes: $0.integer(2), uploads: $0.integer(3),
                uploadedBytes: $0.integer(4))
        }
        guard let totals else { throw .failed("the catalog has no totals") }
        return totals
    }
}

// MARK: Buckets

extension SQLiteReads {
    static let selectBucket = "SELECT id, name, owner, region, created, versioning FROM buckets"
    private static let selectBucketByID: SQL = "\(selectBucket) WHERE id = ?"

    func bucket(named name: BucketName) throws(StorageError) -> Bucket? {
        try connection.first("\(Self.selectBucket) WHERE name = ?", .text(name.description), row: Self.bucket)
    }

    func buckets(_ query: BucketQuery) throws(StorageError) -> [Bucket] {
        try connection.all(
            """
            \(Self.selectBucket) WHERE owner = ? AND name > ? AND substr(name, 1, length(?)) = ?
                AND (? = '' OR region = ?) ORDER BY name LIMIT ?
            """,
            .text(query.owner), .text(query.after), .text(query.prefix), .text(query.prefix),
            .text(query.region ?? ""), .text(query.region ?? ""), .integer(Int64(query.limit)), row: Self.bucket)
    }

    func buckets(withConfiguration kind: String) throws(StorageError) -> [Bucket] {
        try connection.all(
            "\(Self.selectBucket) WHERE id IN (SELECT bucket FROM bucket_configurations WHERE kind = ?)",
            .text(kind), row: Self.bucket)
    }

    func configurations(of bucket: Bucket) throws(StorageError) -> [String: [UInt8]] {
        let rows = try connection.all(
            "SELECT kind, document FROM bucket_configurations WHERE bucket = ?", .integer(bucket.id)
        ) { ($0.text(0), $0.blob(1)) }
        return Dictionary(rows) { _, last in last }
    }

    static func bucket(_ row: SQLiteRow) throws(StorageError) -> Bucket {
        guard let versioning = Versioning(rawValue: row.integer(5)) else {
            throw .failed("the catalog holds a malformed versioning")
        }
        return Bucket(
            id: row.integer(0), name: BucketName(unchecked: row.text(1)), owner: row.text(2), region: row.text(3),
            created: Timestamp(milliseconds: row.integer(4)), versioning: versioning)
    }
}

// MARK: The store itself

extension SQLiteReads {
    func property(_ name: String) throws(StorageError) -> String? {
        try connection.first("SELECT value FROM properties WHERE name = ?", .text(name)) { $0.text(0) }
    }

    func revision(of topic: CatalogTopic) throws(StorageError) -> Int64 {
        try connection.first("SELECT count FROM revisions WHERE topic = ?", .text(topic.rawValue)) { $0.integer(0) }
            ?? 0
    }

    func events(after sequence: Int64, limit: Int) throws(StorageError) -> [StoredEvent] {
        try connection.all(
            "SELECT sequence, time, kind, bucket, key, document FROM outbox WHERE sequence > ? ORDER BY sequence LIMIT ?",
            .integer(sequence), .integer(Int64(limit))
        ) { row in
            let event = StoreEvent(
                kind: row.text(2), bucketID: row.integer(3),
                key: row.isNull(4) ? nil : ObjectKey(unchecked: row.blob(4)), document: row.blob(5))
            return StoredEvent(
                sequence: row.integer(0), time: Timestamp(milliseconds: row.integer(1)), event: event)
        }
    }

    func job(named name: String) throws(StorageError) -> JobRecord? {
        try connection.first("SELECT progress, next_run, failures FROM jobs WHERE name = ?", .text(name)) { row in
            JobRecord(
                name: name, progress: row.isNull(0) ? nil : row.blob(0),
                nextRun: Timestamp(milliseconds: row.integer(1)), failures: Int(row.integer(2)))
        }
    }
}
