import CofferModel

extension SQLiteCatalog {
    func object(_ key: ObjectKey, in bucket: Bucket) throws(StorageError) -> ObjectRecord? {
        try readers.read { connection throws(StorageError) in try Self.object(key, in: bucket, connection) }
    }

    func put(_ object: NewObject, in bucket: Bucket) async throws(StorageError) -> WrittenObject {
        let sequence = nextID()
        return try await writer.write { connection throws(StorageError) in
            try Self.require(bucket, connection)
            let current = try Self.object(object.key, in: bucket, connection)
            try Self.check { () throws(S3Error) in try object.condition?(current) }
            if let segment = object.segment { try Self.insert(segment, connection) }
            let extents = object.segment.map { [Extent(segment: $0.id, offset: 0, count: $0.size)] } ?? []
            let record = ObjectRecord(
                key: object.key, sequence: sequence, version: "null", modified: object.modified, size: object.size,
                etag: object.etag, owner: object.owner, attributes: object.attributes, extents: extents)
            let madeGarbage = try Self.replace(current, by: record, in: bucket, connection)
            return WrittenObject(record: record, madeGarbage: madeGarbage)
        }
    }

    func copy(_ copy: ObjectCopy) async throws(StorageError) -> WrittenObject {
        let sequence = nextID()
        return try await writer.write { connection throws(StorageError) in
            try Self.require(copy.bucket, connection)
            guard let source = try Self.object(copy.sourceKey, in: copy.sourceBucket, connection) else {
                throw StorageError.noSuchKey
            }
            let attributes = try Self.check { () throws(S3Error) in try copy.attributes(source) }
            let record = ObjectRecord(
                key: copy.key, sequence: sequence, version: "null", modified: copy.modified, size: source.size,
                etag: source.etag, owner: copy.owner, attributes: attributes, extents: source.extents)
            for extent in source.extents { try Self.retain(extent.segment, connection) }
            let current = try Self.object(copy.key, in: copy.bucket, connection)
            let madeGarbage = try Self.replace(current, by: record, in: copy.bucket, connection)
            return WrittenObject(record: record, madeGarbage: madeGarbage)
        }
    }

    func delete(_ keys: [ObjectKey], in bucket: Bucket) async throws(StorageError) -> Bool {
        try await writer.write { connection throws(StorageError) in
            try Self.require(bucket, connection)
            var madeGarbage = false
            for key in keys {
                guard let current = try Self.object(key, in: bucket, connection) else { continue }
                try connection.run(
                    "DELETE FROM objects WHERE bucket = ? AND key = ?", .integer(bucket.id), .blob(key.bytes))
                try Self.addToTotals(objects: -1, bytes: -current.size, connection)
                if try Self.release(current.extents, connection) { madeGarbage = true }
            }
            return madeGarbage
        }
    }

    // MARK: Rows

    static let objectColumns = "key, sequence, version, modified, size, etag, owner, fields, tags, extents"

    static func object(
        _ key: ObjectKey, in bucket: Bucket, _ connection: SQLiteConnection
    ) throws(StorageError) -> ObjectRecord? {
        try connection.first(
            "SELECT \(objectColumns) FROM objects WHERE bucket = ? AND key = ?", .integer(bucket.id), .blob(key.bytes),
            row: record)
    }

    static func record(_ row: SQLiteRow) throws(StorageError) -> ObjectRecord {
        ObjectRecord(
            key: ObjectKey(unchecked: row.blob(0)), sequence: row.integer(1), version: row.text(2),
            modified: Timestamp(milliseconds: row.integer(3)), size: row.integer(4), etag: ETag(row.text(5)),
            owner: row.text(6), attributes: try ObjectAttributes(fieldLines: row.text(7), tagQuery: row.text(8)),
            extents: try Extent.decode(row.blob(9)))
    }

    /// - Returns: whether what was replaced leaves files to be removed.
    private static func replace(
        _ current: ObjectRecord?, by record: ObjectRecord, in bucket: Bucket, _ connection: SQLiteConnection
    ) throws(StorageError) -> Bool {
        try connection.run(
            "INSERT OR REPLACE INTO objects (bucket, \(objectColumns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            .integer(bucket.id), .blob(record.key.bytes), .integer(record.sequence), .text(record.version),
            .integer(record.modified.milliseconds), .integer(record.size), .text(record.etag.value),
            .text(record.owner), .text(record.attributes.fieldLines), .text(record.attributes.tagQuery),
            .blob(Extent.encode(record.extents)))
        try addToTotals(objects: current == nil ? 1 : 0, bytes: record.size - (current?.size ?? 0), connection)
        return try current.map { current throws(StorageError) in try release(current.extents, connection) } ?? false
    }

    /// Runs a caller's decision inside the transaction.
    private static func check<Value>(_ decide: () throws(S3Error) -> Value) throws(StorageError) -> Value {
        do throws(S3Error) {
            return try decide()
        } catch {
            throw StorageError.refused(error)
        }
    }
}
