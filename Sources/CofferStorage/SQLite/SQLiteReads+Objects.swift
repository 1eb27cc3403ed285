import CofferModel

/// Rows of the tables `objects` and `versions`, which differ in only one column.
extension SQLiteReads {
    /// The columns of a listing: all except those needed only to read an object's bytes.
    static let listedColumns = "key, sequence, version, modified, size, etag, owner, fields, tags"
    static let objectColumns = listedColumns + ", extents, parts, encryption, acl"

    /// While a row is being read its query is open, and another query sees the same snapshot at less cost than a
    /// snapshot of its own.
    func current(
        _ key: ObjectKey, in bucket: Bucket, withSegment: Bool
    ) throws(StorageError) -> ObjectRecord? {
        try connection.first(
            "SELECT \(Self.objectColumns), 0 FROM objects WHERE bucket = ? AND key = ?", .integer(bucket.id),
            .blob(key.bytes)
        ) { row throws(StorageError) in
            var found = try Self.record(row)
            if withSegment, found.layout.encryption == nil, found.layout.extents.count == 1 {
                found.layout.segment = try segment(found.layout.extents[0].segment)
            }
            return found
        }
    }

    private static let othersOfKey = "SELECT \(objectColumns), is_delete_marker FROM versions"
    private static let selectOther = "\(othersOfKey) WHERE bucket = ? AND key = ?"
    /// Without the hint SQLite would scan all versions of the key.
    private static let selectNull =
        "\(othersOfKey) INDEXED BY null_versions WHERE bucket = ? AND key = ? AND version = 'null'"

    func newestOther(_ key: ObjectKey, in bucket: Bucket) throws(StorageError) -> ObjectRecord? {
        try connection.first(
            "\(Self.selectOther) ORDER BY sequence DESC LIMIT 1", .integer(bucket.id), .blob(key.bytes),
            row: Self.record)
    }

    func other(_ key: ObjectKey, version: VersionID, in bucket: Bucket) throws(StorageError) -> ObjectRecord? {
        guard let sequence = version.sequence else {
            return try connection.first(
                Self.selectNull, .integer(bucket.id), .blob(key.bytes), row: Self.record)
        }
        return try connection.first(
            "\(Self.selectOther) AND sequence = ? AND version = ?", .integer(bucket.id), .blob(key.bytes),
            .integer(sequence), .text(version.description), row: Self.record)
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
            attributes: try StoredAttributes(
                fieldLines: row.text(7), tagQuery: row.text(8), grantLines: row.text(12)),
            layout: layout)
    }

    // MARK: Listings

    func objects(in bucket: Bucket, _ range: ListRange, limit: Int) throws(StorageError) -> [ObjectSummary] {
        let rows = KeyRange(range)
        return try connection.all(
            Self.selectObjects(rows), [.integer(bucket.id)] + rows.values + [.integer(Int64(limit))],
            row: Self.listed)
    }

    static func selectObjects(_ rows: KeyRange) -> String {
        "SELECT \(listedColumns), 0 FROM objects WHERE bucket = ?1 AND \(rows.condition) ORDER BY key LIMIT \(rows.limit)"
    }

    func versions(in bucket: Bucket, _ range: ListRange, limit: Int) throws(StorageError) -> [ObjectSummary] {
        var found: [ObjectSummary] = []
        if case .within(let key, let sequence) = range.start {
            found = try connection.all(
                Self.selectVersionsOfKey,
                [.integer(bucket.id), .blob(key.bytes), .integer(sequence), .integer(Int64(limit))], row: Self.listed)
            guard found.count < limit else { return found }
        }
        let rows = KeyRange(range)
        let rest = Int64(limit - found.count)
        return found
            + (try connection.all(
                Self.selectVersions(rows), [.integer(bucket.id)] + rows.values + [.integer(rest)], row: Self.listed))
    }

    /// Takes a bucket, a key, the sequence number below which the rows begin, and a limit.
    static let selectVersionsOfKey = selectVersions("bucket = ?1 AND key = ?2 AND sequence < ?3", limit: "?4")

    static func selectVersions(_ rows: KeyRange) -> String {
        selectVersions("bucket = ?1 AND \(rows.condition)", limit: rows.limit)
    }

    private static func selectVersions(_ condition: String, limit: String) -> String {
        """
        SELECT \(listedColumns), 0 FROM objects WHERE \(condition)
        UNION ALL SELECT \(listedColumns), is_delete_marker FROM versions WHERE \(condition)
        ORDER BY key, sequence DESC LIMIT \(limit)
        """
    }

    private static func listed(_ row: SQLiteRow) throws(StorageError) -> ObjectSummary {
        ObjectSummary(
            key: ObjectKey(unchecked: row.blob(0)), sequence: row.integer(1),
            version: VersionID(unchecked: row.text(2)), isDeleteMarker: row.integer(9) == 1,
            modified: Timestamp(milliseconds: row.integer(3)), size: row.integer(4), etag: ETag(row.text(5)),
            owner: row.text(6), attributes: try StoredAttributes(fieldLines: row.text(7), tagQuery: row.text(8)))
    }
}

/// A range of keys in SQL: `?2` is where it begins, `?3` where it ends, if it has an end, and the next placeholder is the
/// limit.
struct KeyRange {
    let condition: String
    let values: [SQLiteValue]
    let limit: String

    init(_ range: ListRange) {
        let (comparison, start) =
            switch range.start {
            case .at(let key): (">=", key)
            case .after(let key): (">", key)
            case .within(let key, _): (">", key.bytes)
            }
        condition = range.end == nil ? "key \(comparison) ?2" : "key \(comparison) ?2 AND key < ?3"
        values = [.blob(start)] + (range.end.map { [.blob($0)] } ?? [])
        limit = range.end == nil ? "?3" : "?4"
    }
}
