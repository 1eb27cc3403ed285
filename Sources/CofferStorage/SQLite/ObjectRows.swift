import CofferModel

/// Rows of the tables `objects` and `versions`, which differ in only one column.
extension SQLiteCatalog {
    /// The columns of a listing: all except those needed only to read an object's bytes.
    static let listedColumns = "key, sequence, version, modified, size, etag, owner, fields, tags"
    static let objectColumns = listedColumns + ", extents, parts, encryption, acl"

    /// Returns a version of a key; without a version the current one, which may be a delete marker.
    static func object(
        _ key: ObjectKey, version: VersionID?, in bucket: Bucket, _ connection: SQLiteConnection
    ) throws(StorageError) -> ObjectRecord? {
        let current = try current(key, in: bucket, connection)
        if let current, version == nil || version == current.version { return current }
        guard let version else { return try newestOther(key, in: bucket, connection) }
        return try other(key, version: version, in: bucket, connection)
    }

    /// Returns the object that a listing shows; nil if there is none or a delete marker is current.
    ///
    /// - Parameter withSegment: whether an only segment is read as well, if it is not encrypted. While a row is being
    ///   read its query is open, and another query sees the same snapshot at less cost than a snapshot of its own.
    static func current(
        _ key: ObjectKey, in bucket: Bucket, withSegment: Bool = false, _ connection: SQLiteConnection
    ) throws(StorageError) -> ObjectRecord? {
        try connection.first(
            "SELECT \(objectColumns), 0 FROM objects WHERE bucket = ? AND key = ?", .integer(bucket.id),
            .blob(key.bytes)
        ) { row throws(StorageError) in
            var found = try record(row)
            if withSegment, found.layout.encryption == nil, found.layout.extents.count == 1 {
                found.layout.segment = try segment(found.layout.extents[0].segment, connection)
            }
            return found
        }
    }

    private static let othersOfKey = "SELECT \(objectColumns), is_delete_marker FROM versions"
    private static let selectOther = "\(othersOfKey) WHERE bucket = ? AND key = ?"
    /// Without the hint SQLite would scan all versions of the key.
    private static let selectNull =
        "\(othersOfKey) INDEXED BY null_versions WHERE bucket = ? AND key = ? AND version = 'null'"

    static func newestOther(
        _ key: ObjectKey, in bucket: Bucket, _ connection: SQLiteConnection
    ) throws(StorageError) -> ObjectRecord? {
        try connection.first(
            "\(selectOther) ORDER BY sequence DESC LIMIT 1", .integer(bucket.id), .blob(key.bytes), row: record)
    }

    static func other(
        _ key: ObjectKey, version: VersionID, in bucket: Bucket, _ connection: SQLiteConnection
    ) throws(StorageError) -> ObjectRecord? {
        guard let sequence = version.sequence else {
            return try connection.first(
                selectNull, .integer(bucket.id), .blob(key.bytes), row: record)
        }
        return try connection.first(
            "\(selectOther) AND sequence = ? AND version = ?", .integer(bucket.id), .blob(key.bytes),
            .integer(sequence), .text(version.description), row: record)
    }

    private static func record(_ row: SQLiteRow) throws(StorageError) -> ObjectRecord {
        let layout = ObjectLayout(
            extents: try Extent.decode(row.blob(9)), parts: row.blob(10), encryption: try Encryption.parse(row.text(11))
        )
        return ObjectRecord(
            key: ObjectKey(unchecked: row.blob(0)), sequence: row.integer(1),
            version: VersionID(unchecked: row.text(2)), isDeleteMarker: row.integer(13) == 1,
            modified: Timestamp(milliseconds: row.integer(3)), size: row.integer(4), etag: ETag(row.text(5)),
            owner: row.text(6),
            attributes: try ObjectAttributes(
                fieldLines: row.text(7), tagQuery: row.text(8), grantLines: row.text(12)),
            layout: layout)
    }

    /// Returns a record's values in the order of ``objectColumns``.
    private static func values(_ record: ObjectRecord) -> [SQLiteValue] {
        [
            .blob(record.key.bytes), .integer(record.sequence), .text(record.version.description),
            .integer(record.modified.milliseconds), .integer(record.size), .text(record.etag.value),
            .text(record.owner), .text(record.attributes.fieldLines), .text(record.attributes.tagQuery),
            .blob(Extent.encode(record.layout.extents)), .blob(record.layout.parts),
            .text(Encryption.text(record.layout.encryption)), .text(GrantLines.text(record.attributes.grants)),
        ]
    }

    private static let placeholders = Array(repeating: "?", count: 13).joined(separator: ", ")

    /// Makes a record the current object of its key, replacing any existing row.
    static func insert(_ record: ObjectRecord, in bucket: Bucket, _ connection: SQLiteConnection) throws(StorageError) {
        try connection.run(
            "INSERT OR REPLACE INTO objects (bucket, \(objectColumns)) VALUES (?, \(placeholders))",
            [.integer(bucket.id)] + values(record))
    }

    /// Adds a record to the versions that object listings do not show.
    static func insertOther(
        _ record: ObjectRecord, in bucket: Bucket, _ connection: SQLiteConnection
    ) throws(StorageError) {
        try connection.run(
            "INSERT INTO versions (bucket, is_delete_marker, \(objectColumns)) VALUES (?, ?, \(placeholders))",
            [.integer(bucket.id), .integer(record.isDeleteMarker ? 1 : 0)] + values(record))
    }

    static func removeCurrent(
        _ key: ObjectKey, in bucket: Bucket, _ connection: SQLiteConnection
    ) throws(StorageError) {
        try connection.run("DELETE FROM objects WHERE bucket = ? AND key = ?", .integer(bucket.id), .blob(key.bytes))
    }

    static func removeOther(
        _ record: ObjectRecord, in bucket: Bucket, _ connection: SQLiteConnection
    ) throws(StorageError) {
        try connection.run(
            "DELETE FROM versions WHERE bucket = ? AND key = ? AND sequence = ?", .integer(bucket.id),
            .blob(record.key.bytes), .integer(record.sequence))
    }
}
