import CofferModel
import CofferSQLite

extension SQLiteReads {
    static let uploadColumns = """
        id, upload, bucket, key, initiated, owner, initiator, fields, tags, acl, encryption, checksum, is_overtaken, \
        ended, version, etag
        """

    func upload(_ id: Upload.ID) throws(StorageError) -> Upload? {
        try connection.first(Self.selectUpload, .integer(id), row: Self.upload)
    }

    func uploads(in bucket: Bucket, _ range: ListRange, limit: Int) throws(StorageError) -> [Upload] {
        var found: [Upload] = []
        if case .within(let key, let id) = range.start {
            found = try connection.all(
                Self.selectUploadsOfKey, .integer(bucket.id), .blob(key.bytes), .integer(id), .integer(Int64(limit)),
                row: Self.upload)
            guard found.count < limit else { return found }
        }
        try connection.each(
            Self.selectUploads, .integer(bucket.id), .blob(range.start.firstKey), .integer(Int64(limit - found.count))
        ) { row throws(StorageError) in
            let upload = try Self.upload(row)
            if let end = range.end, !upload.name.lexicographicallyPrecedes(end) { return false }
            found.append(upload)
            return true
        }
        return found
    }

    private static let selectUpload: SQL = "SELECT \(uploadColumns) FROM uploads WHERE id = ?"
    static let selectUploads: SQL = selectUploads("bucket = ?1 AND key >= ?2", limit: "?3")

    /// Takes a bucket, a key, the id after which the rows begin, and a limit.
    static let selectUploadsOfKey: SQL = selectUploads("bucket = ?1 AND key = ?2 AND id > ?3", limit: "?4")

    private static func selectUploads(_ condition: String, limit: String) -> SQL {
        "SELECT \(uploadColumns) FROM uploads WHERE \(condition) AND ended IS NULL ORDER BY key, id LIMIT \(limit)"
    }

    private static func upload(_ row: SQLiteRow) throws(StorageError) -> Upload {
        Upload(
            id: row.integer(0), uploadID: row.text(1), bucket: row.integer(2), key: ObjectKey(unchecked: row.blob(3)),
            initiated: Timestamp(milliseconds: row.integer(4)), owner: row.text(5), initiator: row.text(6),
            attributes: try StoredAttributes(fieldLines: row.text(7), tagQuery: row.text(8), grantLines: row.text(9)),
            encryption: try Encryption.parse(row.text(10)), checksum: UploadChecksum(text: row.text(11)),
            isOvertaken: row.integer(12) == 1,
            completed: row.isNull(14)
                ? nil : CompletedUpload(version: VersionID(unchecked: row.text(14)), etag: ETag(row.text(15))),
            ended: row.isNull(13) ? nil : Timestamp(milliseconds: row.integer(13)))
    }

    // MARK: Parts

    private static let selectPart = "SELECT number, modified, size, etag, checksum, extents FROM parts"

    func parts(of upload: Upload.ID, after number: Int, limit: Int) throws(StorageError) -> [PartRecord] {
        try connection.all(
            "\(Self.selectPart) WHERE upload = ? AND number > ? ORDER BY number LIMIT ?", .integer(upload),
            .integer(Int64(number)), .integer(Int64(limit)), row: Self.part)
    }

    func part(_ number: Int, of upload: Upload.ID) throws(StorageError) -> PartRecord? {
        try connection.first(
            "\(Self.selectPart) WHERE upload = ? AND number = ?", .integer(upload), .integer(Int64(number)),
            row: Self.part)
    }

    private static func part(_ row: SQLiteRow) throws(StorageError) -> PartRecord {
        PartRecord(
            number: Int(row.integer(0)), modified: Timestamp(milliseconds: row.integer(1)), size: row.integer(2),
            etag: ETag(row.text(3)), checksum: row.text(4).isEmpty ? nil : row.text(4),
            extents: try Extent.decode(row.blob(5)))
    }
}
