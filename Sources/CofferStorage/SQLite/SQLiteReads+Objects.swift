import CofferModel

/// Rows of the tables `objects` and `versions`, which differ in only one column.
extension SQLiteReads {
    static let objectColumns =
        "key, sequence, version, modified, size, etag, owner, fields, tags, extents, parts, encryption, acl"

    /// While a row is being read its query is open, and another query sees the same snapshot at less cost than a
    /// snapshot of its own.
    func current(
        _ key: ObjectKey, in bucket: Bucket, withSegment: Bool
    ) throws(StorageError) -> ObjectRecord? {
        try connection.first(
            "SELECT \(Self.objectColumns), 0 FROM objects WHERE bucket = ? AND key = ?", .integer(bucket.id),
            .blob(key.bytes)
        ) { row throws(StorageError) in
            let found = try Self.record(row)
            guard withSegment, found.layout.hasOneReadableSegment else { return found }
            return found.with(layout: found.layout.with(try segment(found.layout.extents[0].segment)))
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
        var found = ObjectSummaries()
        try connection.each(
            Self.selectObjects(rows), rows.values(in: bucket, limit: limit)
        ) { row throws(StorageError) in
            found.append(row, showsVersions: false)
            return true
        }
        return found.all()
    }

    static func selectObjects(_ rows: KeyRange) -> String { objectQueries[rows.form] }

    private static let objectQueries = KeyRange.queries { condition, limit in
        "SELECT \(listedColumns) FROM objects WHERE \(condition) ORDER BY key LIMIT \(limit)"
    }

    func versions(in bucket: Bucket, _ range: ListRange, limit: Int) throws(StorageError) -> [ObjectSummary] {
        var found = ObjectSummaries()
        if case .within(let key, let sequence) = range.start {
            try connection.each(
                Self.selectVersionsOfKey, .integer(bucket.id), .blob(key.bytes), .integer(sequence),
                .integer(Int64(limit))
            ) { row throws(StorageError) in
                found.append(row, showsVersions: true)
                return true
            }
            guard found.count < limit else { return found.all() }
        }
        let rows = KeyRange(range)
        try connection.each(
            Self.selectVersions(rows), rows.values(in: bucket, limit: limit - found.count)
        ) { row throws(StorageError) in
            found.append(row, showsVersions: true)
            return true
        }
        return found.all()
    }

    /// Takes a bucket, a key, the sequence number below which the rows begin, and a limit.
    static let selectVersionsOfKey = selectVersions("bucket = ?1 AND key = ?2 AND sequence < ?3", limit: "?4")

    static func selectVersions(_ rows: KeyRange) -> String { versionQueries[rows.form] }

    private static let versionQueries = KeyRange.queries(selectVersions)

    private static func selectVersions(_ condition: String, limit: String) -> String {
        """
        SELECT \(listedColumns), version, 0 FROM objects WHERE \(condition)
        UNION ALL SELECT \(listedColumns), version, is_delete_marker FROM versions WHERE \(condition)
        ORDER BY key, sequence DESC LIMIT \(limit)
        """
    }

    /// The columns that every listing reads: each costs some two hundred instructions a row.
    private static let listedColumns = "key, sequence, modified, size, etag, owner, fields"
}

extension ObjectSummaries {
    fileprivate mutating func append(_ row: SQLiteRow, showsVersions: Bool) {
        let bounds = ObjectSummary.Bounds(
            start: texts.count, key: row.append(0, to: &texts), etag: row.append(4, to: &texts),
            owner: row.append(5, to: &texts), fields: row.append(6, to: &texts),
            version: showsVersions ? row.append(7, to: &texts) : texts.count)
        append(
            Row(
                sequence: row.integer(1), modified: Timestamp(milliseconds: row.integer(2)), size: row.integer(3),
                isDeleteMarker: showsVersions && row.integer(8) == 1, bounds: bounds))
    }
}

extension SQLiteRow {
    /// Appends a text or bytes.
    ///
    /// - Returns: the end of what has been appended.
    fileprivate func append(_ column: Int32, to bytes: inout [UInt8]) -> Int {
        copy(column, to: &bytes)
        return bytes.count
    }
}

/// A range of keys of a bucket in SQL: `?1` is the bucket, `?2` is where it begins, `?3` where it ends, if it has an end,
/// and the next placeholder is the limit.
struct KeyRange {
    private let start: [UInt8]
    private let end: [UInt8]?
    private let isAfterStart: Bool

    init(_ range: ListRange) {
        (start, isAfterStart) =
            switch range.start {
            case .at(let key): (key, false)
            case .after(let key): (key, true)
            case .within(let key, _): (key.bytes, true)
            }
        end = range.end
    }

    func values(in bucket: Bucket, limit: Int) -> [SQLiteValue] {
        if let end { return [.integer(bucket.id), .blob(start), .blob(end), .integer(Int64(limit))] }
        return [.integer(bucket.id), .blob(start), .integer(Int64(limit))]
    }

    /// Which of the queries reads the range.
    var form: Int { (isAfterStart ? 1 : 0) + (end == nil ? 0 : 2) }

    /// Returns the queries for the ranges of every form. They are made once: a listing of common prefixes runs one for
    /// each of them.
    static func queries(_ query: (_ condition: String, _ limit: String) -> String) -> [String] {
        [
            query("bucket = ?1 AND key >= ?2", "?3"), query("bucket = ?1 AND key > ?2", "?3"),
            query("bucket = ?1 AND key >= ?2 AND key < ?3", "?4"),
            query("bucket = ?1 AND key > ?2 AND key < ?3", "?4"),
        ]
    }
}
