import CofferModel

extension SQLiteCatalog {
    func bucket(named name: BucketName) throws(StorageError) -> Bucket? {
        try readers.read { connection throws(StorageError) in try Self.bucket(named: name, connection) }
    }

    /// Returns buckets in the order of their names.
    func buckets(_ query: BucketQuery) throws(StorageError) -> [Bucket] {
        try readers.read { connection throws(StorageError) in
            try connection.all(
                "\(Self.selectBucket) WHERE owner = ? AND name > ? AND substr(name, 1, length(?)) = ?"
                    + " AND (? = '' OR region = ?) ORDER BY name LIMIT ?",
                .text(query.owner), .text(query.after), .text(query.prefix), .text(query.prefix),
                .text(query.region ?? ""), .text(query.region ?? ""), .integer(Int64(query.limit)),
                row: Self.bucket)
        }
    }

    func createBucket(_ new: NewBucket) async throws(StorageError) -> Bucket {
        try await writer.write { connection throws(StorageError) in
            if let bucket = try Self.bucket(named: new.name, connection) { throw StorageError.bucketExists(bucket) }
            try connection.run(
                "INSERT INTO buckets (name, owner, region, created, versioning) VALUES (?, ?, ?, ?, ?)",
                .text(new.name.description), .text(new.owner), .text(new.region),
                .integer(new.created.milliseconds), .integer(new.versioning.rawValue))
            guard let bucket = try Self.bucket(named: new.name, connection) else {
                throw StorageError.failed("a bucket that was just created is missing")
            }
            for (kind, document) in new.configurations {
                try Self.setConfiguration(kind, of: bucket, to: document, connection)
            }
            return bucket
        }
    }

    /// Deletes an empty bucket. Uploads in progress do not prevent that: they are deleted with it.
    func deleteBucket(_ bucket: Bucket) async throws(StorageError) -> Bool {
        try await writer.write(freesSpace: true) { connection throws(StorageError) in
            for table in ["objects", "versions"] {
                let isUsed = try connection.first(
                    "SELECT 1 FROM \(table) WHERE bucket = ? LIMIT 1", .integer(bucket.id)
                ) {
                    _ in true
                }
                guard isUsed == nil else { throw StorageError.bucketNotEmpty }
            }
            try connection.run("DELETE FROM bucket_configurations WHERE bucket = ?", .integer(bucket.id))
            let count = try connection.run("DELETE FROM buckets WHERE id = ?", .integer(bucket.id))
            guard count == 1 else { throw StorageError.noSuchBucket(bucket.name) }
            return try Self.deleteUploads(of: bucket, connection)
        }
    }

    func configurations(of bucket: Bucket) throws(StorageError) -> [String: [UInt8]] {
        let rows = try readers.read { connection throws(StorageError) in
            try connection.all(
                "SELECT kind, document FROM bucket_configurations WHERE bucket = ?", .integer(bucket.id)
            ) { ($0.text(0), $0.blob(1)) }
        }
        return Dictionary(rows) { _, last in last }
    }

    func buckets(withConfiguration kind: String) throws(StorageError) -> [Bucket] {
        try readers.read { connection throws(StorageError) in
            try connection.all(
                "\(Self.selectBucket) WHERE id IN (SELECT bucket FROM bucket_configurations WHERE kind = ?)",
                .text(kind), row: Self.bucket)
        }
    }

    /// - Parameter documents: by sub-resource; nil removes one.
    func setConfigurations(_ documents: [String: [UInt8]?], of bucket: Bucket) async throws(StorageError) {
        let freesSpace = documents.values.allSatisfy { $0 == nil }
        try await writer.write(freesSpace: freesSpace) { connection throws(StorageError) in
            let versioning = try Self.require(bucket, connection)
            guard !documents.keys.contains("object-lock") || versioning == .enabled else {
                throw StorageError.invalidBucketState
            }
            for (kind, document) in documents {
                try Self.setConfiguration(kind, of: bucket, to: document, connection)
            }
        }
    }

    /// - Parameter change: receives and returns nil for no document.
    func changeConfiguration(
        _ kind: String, of bucket: Bucket,
        _ change: @escaping @Sendable (_ document: [UInt8]?) throws(S3Error) -> [UInt8]?
    ) async throws(StorageError) {
        try await writer.write { connection throws(StorageError) in
            try Self.require(bucket, connection)
            let former = try connection.first(
                "SELECT document FROM bucket_configurations WHERE bucket = ? AND kind = ?", .integer(bucket.id),
                .text(kind)
            ) { $0.blob(0) }
            let document = try Self.decide { () throws(S3Error) in try change(former) }
            try Self.setConfiguration(kind, of: bucket, to: document, connection)
        }
    }

    func setVersioning(_ versioning: Versioning, of bucket: Bucket) async throws(StorageError) {
        try await writer.write { connection throws(StorageError) in
            try Self.require(bucket, connection)
            let isLocking = try connection.first(
                "SELECT 1 FROM bucket_configurations WHERE bucket = ? AND kind = 'object-lock'", .integer(bucket.id)
            ) { _ in true }
            guard versioning == .enabled || isLocking == nil else { throw StorageError.invalidBucketState }
            try connection.run(
                "UPDATE buckets SET versioning = ? WHERE id = ?", .integer(versioning.rawValue), .integer(bucket.id))
        }
    }

    /// - Parameter document: nil removes it.
    private static func setConfiguration(
        _ kind: String, of bucket: Bucket, to document: [UInt8]?, _ connection: SQLiteConnection
    ) throws(StorageError) {
        guard let document else {
            try connection.run(
                "DELETE FROM bucket_configurations WHERE bucket = ? AND kind = ?", .integer(bucket.id), .text(kind))
            return
        }
        try connection.run(
            "INSERT OR REPLACE INTO bucket_configurations VALUES (?, ?, ?)", .integer(bucket.id), .text(kind),
            .blob(document))
    }

    /// Checks that a bucket still exists: it may have been deleted, or its versioning changed, since a request looked
    /// it up.
    ///
    /// - Returns: its current versioning.
    @discardableResult
    static func require(_ bucket: Bucket, _ connection: SQLiteConnection) throws(StorageError) -> Versioning {
        let found = try connection.first("SELECT versioning FROM buckets WHERE id = ?", .integer(bucket.id)) {
            Versioning(rawValue: $0.integer(0))
        }
        guard let found else { throw StorageError.noSuchBucket(bucket.name) }
        guard let versioning = found else { throw StorageError.failed("the catalog holds a malformed versioning") }
        return versioning
    }

    private static let selectBucket = "SELECT id, name, owner, region, created, versioning FROM buckets"

    private static func bucket(named name: BucketName, _ connection: SQLiteConnection) throws(StorageError) -> Bucket? {
        try connection.first("\(selectBucket) WHERE name = ?", .text(name.description), row: bucket)
    }

    private static func bucket(_ row: SQLiteRow) throws(StorageError) -> Bucket {
        do throws(S3Error) {
            return Bucket(
                id: row.integer(0), name: try BucketName(row.text(1)), owner: row.text(2), region: row.text(3),
                created: Timestamp(milliseconds: row.integer(4)),
                versioning: Versioning(rawValue: row.integer(5)) ?? .neverEnabled)
        } catch {
            throw StorageError.failed("the catalog holds a malformed bucket name")
        }
    }
}
