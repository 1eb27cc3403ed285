import CofferModel
import CofferSQLite

/// Rows of the tables `objects` and `versions`, which differ in only one column.
extension SQLiteReads {
    static let objectColumns =
        "key, sequence, version, modified, size, etag, owner, fields, tags, extents, parts, encryption, acl"

    /// While a row is being read its query is open, and another query sees the same snapshot at less cost than a
    /// snapshot of its own.
    func current(
        _ key: ObjectKey, in bucket: Bucket, withSegment: Bool
    ) throws(StorageError) -> ObjectRecord? {
        try connection.first(Self.selectCurrent, .integer(bucket.id), .blob(key.bytes)) { row throws(StorageError) in
            let found = try Self.record(row)
            guard withSegment, found.layout.hasOneReadableSegment else { return found }
            return found.with(layout: found.layout.with(try segment(found.layout.extents[0].segment)))
        }
    }

    private static let selectCurrent: SQL = "SELECT \(objectColumns), 0 FROM objects WHERE bucket = ? AND key = ?"
    private static let othersOfKey = "SELECT \(objectColumns), is_delete_marker FROM versions"
    private static let selectNewestOther: SQL =
        "\(othersOfKey) WHERE bucket = ? AND key = ? ORDER BY sequence DESC LIMIT 1"
    private static let selectOther: SQL =
        "\(othersOfKey) WHERE bucket = ? AND key = ? AND sequence = ? AND version = ?"
    /// Without the hint SQLite would scan all versions of the key.
    private static let selectNull: SQL =
        "\(othersOfKey) INDEXED BY null_versions WHERE bucket = ? AND key = ? AND version = 'null'"

    func newestOther(_ key: ObjectKey, in bucket: Bucket) throws(StorageError) -> ObjectRecord? {
        try connection.first(
            Self.selectNewestOther, .integer(bucket.id), .blob(key.bytes), row: Self.record)
    }

    func other(_ key: ObjectKey, version: VersionID, in bucket: Bucket) throws(StorageError) -> ObjectRecord? {
        guard let sequence = version.sequence else {
            return try connection.first(
                Self.selectNull, .integer(bucket.id), .blob(key.bytes), row: Self.record)
        }
        return try connection.first(
            Self.selectOther, .integer(bucket.id), .blob(key.bytes), .integer(sequence), .text(version.description),
            row: Self.record)
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

    func objects(
        in bucket: Bucket, _ range: ListRange, limit: Int, withOwners: Bool
    ) throws(StorageError) -> ObjectRows {
        var found = ObjectRowReader(before: range.end, limit: limit)
        try connection.each(
            withOwners ? Self.selectObjectsAndOwners : Self.selectObjects, .integer(bucket.id),
            .blob(range.start.firstKey), .integer(Int64(limit))
        ) { row in found.appendCurrent(row, textCount: withOwners ? 4 : 3) }
        return ObjectRows(found)
    }

    func visitKeys(
        in bucket: Bucket, _ range: ListRange, _ visit: (_ key: Span<UInt8>) -> [UInt8]?
    ) throws(StorageError) {
        try connection.seek(Self.selectKey, .integer(bucket.id), from: range.start.firstKey) { key in
            if let end = range.end, !key.precedes(end.span) { return nil }
            return visit(key)
        }
    }

    func versions(in bucket: Bucket, _ range: ListRange, limit: Int) throws(StorageError) -> ObjectRows {
        var found = ObjectRowReader(before: range.end, limit: limit)
        if case .within(let key, let sequence) = range.start {
            try connection.each(
                Self.selectVersionsOfKey, .integer(bucket.id), .blob(key.bytes), .integer(sequence),
                .integer(Int64(limit))
            ) { row in found.appendVersion(row) }
            guard found.rows.count < limit else { return ObjectRows(found) }
        }
        try connection.each(
            Self.selectVersions, .integer(bucket.id), .blob(range.start.firstKey),
            .integer(Int64(limit - found.rows.count))
        ) { row in found.appendVersion(row) }
        return ObjectRows(found)
    }

    // What begins at a key ends, with the reader, before another one: SQLite would compare each key at twice the cost.

    static let selectObjects: SQL = "SELECT \(listedColumns) \(fromKey)"
    static let selectObjectsAndOwners: SQL = "SELECT \(listedColumns), owner \(fromKey)"
    private static let fromKey = "FROM objects WHERE bucket = ? AND key >= ? ORDER BY key LIMIT ?"
    static let selectKey: SQL = "SELECT key FROM objects WHERE bucket = ? AND key >= ? ORDER BY key LIMIT 1"
    static let selectVersions: SQL = selectVersions("bucket = ?1 AND key >= ?2", limit: "?3")
    /// Takes a bucket, a key, the sequence number below which the rows begin, and a limit.
    static let selectVersionsOfKey: SQL = selectVersions("bucket = ?1 AND key = ?2 AND sequence < ?3", limit: "?4")

    private static func selectVersions(_ condition: String, limit: String) -> SQL {
        """
        SELECT \(listedColumns), owner, version, sequence, 0 FROM objects WHERE \(condition)
        UNION ALL SELECT \(listedColumns), owner, version, sequence, is_delete_marker FROM versions WHERE \(condition)
        ORDER BY key, sequence DESC LIMIT \(limit)
        """
    }

    /// The columns that every listing reads: each costs some two hundred instructions a row.
    private static let listedColumns = "modified, size, key, etag, fields"
}

extension ObjectRowReader {
    /// - Parameter textCount: the number of its texts that were read.
    fileprivate mutating func appendCurrent(_ row: SQLiteRow, textCount: Int32) -> Bool {
        append(row, textCount: textCount, sequence: 0, isDeleteMarker: false)
    }

    fileprivate mutating func appendVersion(_ row: SQLiteRow) -> Bool {
        append(row, textCount: 5, sequence: row.integer(7), isDeleteMarker: row.integer(8) == 1)
    }

    private mutating func append(
        _ row: SQLiteRow, textCount: Int32, sequence: Int64, isDeleteMarker: Bool
    ) -> Bool {
        let start = texts.count
        let ends = row.copy(2..<(2 + textCount), to: &texts)
        return append(
            ObjectRow(
                sequence: sequence, modified: Timestamp(milliseconds: row.integer(0)), size: row.integer(1),
                isDeleteMarker: isDeleteMarker, start: start, ends: ends))
    }
}

extension ListRange.Start {
    /// The first key that may be in the range, apart from the rest of the key of ``within(_:after:)``.
    var firstKey: [UInt8] {
        switch self {
        case .at(let key): key
        // No key is between these two.
        case .after(let key): key + [0]
        case .within(let key, _): key.bytes + [0]
        }
    }
}
