import CofferModel
import CofferSQLite

extension SQLiteTransaction {
    private static let placeholders = Array(repeating: "?", count: 13).joined(separator: ", ")
    private static let putCurrent: SQL =
        "INSERT OR REPLACE INTO objects (\(objectColumns), bucket) VALUES (\(placeholders), ?)"
    private static let removeCurrent: SQL = "DELETE FROM objects WHERE bucket = ? AND key = ?"
    private static let putOther: SQL = """
        INSERT OR REPLACE INTO versions (\(objectColumns), bucket, is_delete_marker) VALUES (\(placeholders), ?, ?)
        """

    func putCurrent(_ record: ObjectRecord, in bucket: Bucket) throws(StorageError) {
        try write(Self.putCurrent, Self.values(record, .integer(bucket.id)))
    }

    func removeCurrent(_ key: ObjectKey, in bucket: Bucket) throws(StorageError) {
        try write(Self.removeCurrent, .integer(bucket.id), .blob(key.bytes))
    }

    func putOther(_ record: ObjectRecord, in bucket: Bucket) throws(StorageError) {
        try write(
            Self.putOther, Self.values(record, .integer(bucket.id), .integer(record.isDeleteMarker ? 1 : 0)))
    }

    func removeOther(_ record: ObjectRecord, in bucket: Bucket) throws(StorageError) {
        try write(
            "DELETE FROM versions WHERE bucket = ? AND key = ? AND sequence = ?", .integer(bucket.id),
            .blob(record.key.bytes), .integer(record.sequence))
    }

    /// Returns a record's values in the order of ``SQLiteReads/objectColumns``, and further values.
    private static func values(_ record: ObjectRecord, _ further: SQLiteValue...) -> [SQLiteValue] {
        [
            .blob(record.key.bytes), .integer(record.sequence), .text(record.version.description),
            .integer(record.modified.milliseconds), .integer(record.size), .text(record.etag.value),
            .text(record.owner), .text(record.attributes.fieldLines), .text(record.attributes.tagQuery),
            .blob(Extent.encode(record.layout.extents)), .blob(record.layout.parts),
            .text(Encryption.text(record.layout.encryption)), .text(GrantLines.text(record.attributes.grants)),
        ] + further
    }

    // MARK: Segments

    private static let insertSegment: SQL = "INSERT INTO segments VALUES (?, 1, ?, ?, ?)"
    private static let removeSegment: SQL = "DELETE FROM segments WHERE id = ? AND refs = 1 AND bytes IS NOT NULL"
    private static let releaseSegment: SQL = "UPDATE segments SET refs = refs - 1 WHERE id = ?"

    func insert(_ segment: NewSegment) throws(StorageError) {
        try write(
            Self.insertSegment, .integer(segment.id.value), .integer(segment.size),
            segment.bytes.map { .blob($0) } ?? .null, .blob(segment.checksums.bytes))
    }

    func replace(_ segment: SegmentID, with bytes: [UInt8]) throws(StorageError) {
        try write(
            "UPDATE segments SET bytes = ?, size = ?, checksums = ? WHERE id = ?", .blob(bytes),
            .integer(Int64(bytes.count)), .blob(SegmentChecksums(of: bytes).bytes), .integer(segment.value))
    }

    func retain(_ segment: SegmentID) throws(StorageError) {
        try write("UPDATE segments SET refs = refs + 1 WHERE id = ?", .integer(segment.value))
    }

    func release(_ segment: SegmentID, removesBytes: Bool) throws(StorageError) -> Bool {
        let id = SQLiteValue.integer(segment.value)
        if removesBytes, try write(Self.removeSegment, id) > 0 { return false }
        try write(Self.releaseSegment, id)
        return true
    }

    func forget(_ segments: [SegmentID]) throws(StorageError) {
        for segment in segments {
            try write("DELETE FROM segments WHERE id = ? AND refs = 0", .integer(segment.value))
        }
    }

    func isUnshared(_ segment: SegmentID, size: Int64) throws(StorageError) -> Bool {
        try connection.first(
            "SELECT 1 FROM segments WHERE id = ? AND size = ? AND refs = 1 AND bytes IS NOT NULL",
            .integer(segment.value), .integer(size)
        ) { _ in true } ?? false
    }
}
