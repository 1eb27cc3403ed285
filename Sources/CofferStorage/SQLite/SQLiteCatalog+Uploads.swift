import CofferModel
import CofferSystem

extension SQLiteCatalog {
    func createUpload(_ new: NewUpload, in bucket: Bucket) async throws(StorageError) -> Upload {
        let id = nextID()
        let upload = Upload(
            id: id, uploadID: Upload.uploadID(id), key: new.key, initiated: clock.time, owner: new.owner,
            initiator: new.initiator, attributes: new.attributes, encryption: new.encryption, checksum: new.checksum,
            completed: nil, ended: nil)
        try await writer.write { connection throws(StorageError) in
            try Self.require(bucket, connection)
            try Self.forgetEnded(before: upload.initiated, connection)
            try connection.run(
                """
                INSERT INTO uploads (bucket, \(Self.uploadColumns))
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL, ?)
                """,
                .integer(bucket.id), .integer(id), .text(upload.uploadID), .blob(new.key.bytes),
                .integer(upload.initiated.milliseconds), .text(new.owner), .text(new.initiator),
                .text(new.attributes.fieldLines), .text(new.attributes.tagQuery),
                .text(Encryption.text(new.encryption)),
                .text(UploadChecksum.text(new.checksum)), .text(GrantLines.text(new.attributes.grants)))
        }
        return upload
    }

    func upload(_ uploadID: String, of key: ObjectKey, in bucket: Bucket) throws(StorageError) -> Upload? {
        try readers.read { connection throws(StorageError) in
            try Self.upload(uploadID, of: key, in: bucket, connection)
        }
    }

    func parts(of upload: Upload, after number: Int, limit: Int) throws(StorageError) -> [UploadedPart] {
        try readers.read { connection throws(StorageError) in
            try connection.all(
                "\(Self.selectParts) AND number > ? ORDER BY number LIMIT ?", .integer(upload.id),
                .integer(Int64(number)), .integer(Int64(limit)), row: Self.part)
        }
    }

    func put(_ part: NewPart, of upload: Upload, in bucket: Bucket) async throws(StorageError) -> Bool {
        try await writer.write { connection throws(StorageError) in
            try Self.requireUnderWay(upload, in: bucket, connection)
            if let segment = part.segment { try Self.insert(segment, connection) }
            let extents = part.segment.map { [Extent(segment: $0.id, offset: 0, count: $0.size)] } ?? []
            let replaced = try connection.first(
                "SELECT extents FROM parts WHERE upload = ? AND number = ?", .integer(upload.id),
                .integer(Int64(part.number))
            ) { row throws(StorageError) in try Extent.decode(row.blob(0)) }
            try connection.run(
                "INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?, ?, ?, ?)", .integer(upload.id),
                .integer(Int64(part.number)), .integer(part.modified.milliseconds), .integer(part.size),
                .text(part.etag.value), .text(part.checksum ?? ""), .blob(Extent.encode(extents)))
            return try Self.release(replaced ?? [], connection)
        }
    }

    /// Aborts an upload. Its row stays for a while, for clients that repeat their request.
    func abort(_ upload: Upload, in bucket: Bucket) async throws(StorageError) -> Bool {
        try await writer.write(freesSpace: true) { connection throws(StorageError) in
            try Self.requireUnderWay(upload, in: bucket, connection)
            try connection.run(
                "UPDATE uploads SET completed = ?, fields = '', tags = '', acl = '', encryption = '' WHERE id = ?",
                .integer(self.clock.milliseconds), .integer(upload.id))
            return try Self.releaseParts(of: upload.id, but: [], connection)
        }
    }

    /// Completes an upload. The object takes over the segments of its parts: no bytes are moved. Uploaded parts that
    /// are not listed are removed.
    ///
    /// The object's modification time is that of the upload, and so is its position among the versions of its key: a
    /// version written or deleted since the upload began stays current (S3 User Guide, "Multipart upload", concurrent
    /// operations, and "Object metadata", Last-Modified).
    func complete(
        _ upload: Upload, in bucket: Bucket, condition: WriteCondition?, conflict: S3Error?,
        decide: @escaping @Sendable (_ parts: [UploadedPart]) throws(S3Error) -> UploadCompletion
    ) async throws(StorageError) -> WrittenObject {
        try await writer.write { connection throws(StorageError) in
            let versioning = try Self.require(bucket, connection)
            let hasPlace = versioning == .enabled
            let isOvertaken = try Self.requireUnderWay(upload, in: bucket, connection)
            let parts = try connection.all(
                "\(Self.selectParts) ORDER BY number", .integer(upload.id), row: Self.part)
            let completion = try Self.decide { () throws(S3Error) in try decide(parts) }
            if isOvertaken, let conflict { throw StorageError.refused(conflict) }
            try Self.check(condition, upload.key, in: bucket, connection)
            let chosen = Set(completion.parts)
            let used = parts.filter { chosen.contains($0.number) }
            let record = ObjectRecord(
                key: upload.key, sequence: hasPlace ? upload.id : self.nextID(),
                version: hasPlace ? upload.objectVersion : .null,
                isDeleteMarker: false, modified: upload.initiated, size: used.reduce(0) { $0 + $1.size },
                etag: completion.etag, owner: upload.owner, attributes: completion.attributes,
                layout: Self.layout(of: used, upload.encryption))
            let madeGarbage = try Self.releaseParts(of: upload.id, but: chosen, connection)
            let time = self.clock.time
            try Self.markCompleted(upload, as: record, at: time, connection)
            let written = try Self.writeInOrder(record, versioning, in: bucket, at: time, connection)
            return WrittenObject(
                record: record, versioning: versioning, madeGarbage: written.madeGarbage || madeGarbage)
        }
    }

    /// Deletes the uploads of a bucket that is deleted.
    static func deleteUploads(of bucket: Bucket, _ connection: SQLiteConnection) throws(StorageError) -> Bool {
        var madeGarbage = false
        let ids = try connection.all("SELECT id FROM uploads WHERE bucket = ?", .integer(bucket.id)) { $0.integer(0) }
        for id in ids where try releaseParts(of: id, but: [], connection) { madeGarbage = true }
        try connection.run("DELETE FROM uploads WHERE bucket = ?", .integer(bucket.id))
        return madeGarbage
    }

    // MARK: Steps

    private static func layout(of parts: [UploadedPart], _ encryption: Encryption?) -> ObjectLayout {
        ObjectLayout(
            extents: parts.flatMap(\.extents),
            parts: ObjectPart.encode(
                parts.map { ObjectPart(number: $0.number, size: $0.size, checksum: $0.checksum) }),
            encryption: encryption)
    }

    /// - Returns: whether the key was written or deleted since the upload began.
    @discardableResult
    private static func requireUnderWay(
        _ upload: Upload, in bucket: Bucket, _ connection: SQLiteConnection
    ) throws(StorageError) -> Bool {
        let isOvertaken = try connection.first(
            "SELECT is_overtaken FROM uploads WHERE id = ? AND bucket = ? AND completed IS NULL", .integer(upload.id),
            .integer(bucket.id)
        ) { $0.integer(0) == 1 }
        guard let isOvertaken else { throw StorageError.noSuchUpload }
        return isOvertaken
    }

    /// Marks the uploads of a key as overtaken by a write or deletion. Most keys have no uploads.
    static func overtakeUploads(
        of key: ObjectKey, in bucket: Bucket, _ connection: SQLiteConnection
    ) throws(StorageError) {
        try connection.run(
            "UPDATE uploads SET is_overtaken = 1 WHERE bucket = ? AND key = ? AND completed IS NULL",
            .integer(bucket.id), .blob(key.bytes))
    }

    private static func releaseParts(
        of upload: Int64, but kept: Set<Int>, _ connection: SQLiteConnection
    ) throws(StorageError) -> Bool {
        var madeGarbage = false
        let parts = try connection.all("\(selectParts)", .integer(upload), row: part)
        for part in parts where !kept.contains(part.number) {
            if try release(part.extents, connection) { madeGarbage = true }
        }
        try connection.run("DELETE FROM parts WHERE upload = ?", .integer(upload))
        return madeGarbage
    }

    private static func markCompleted(
        _ upload: Upload, as record: ObjectRecord, at time: Timestamp, _ connection: SQLiteConnection
    ) throws(StorageError) {
        try connection.run(
            "UPDATE uploads SET completed = ?, version = ?, etag = ?, fields = ? WHERE id = ?",
            .integer(time.milliseconds), .text(record.version.description), .text(record.etag.value),
            .text(record.attributes.fieldLines), .integer(upload.id))
    }

    /// Deletes the rows of old uploads: a week after an upload was completed, or two days after it was aborted, no
    /// client will ask for its outcome again.
    private static func forgetEnded(before now: Timestamp, _ connection: SQLiteConnection) throws(StorageError) {
        let day: Int64 = 24 * 3600 * 1000
        try connection.run(
            "DELETE FROM uploads WHERE completed < ? OR (completed < ? AND version IS NULL)",
            .integer(now.milliseconds - 7 * day), .integer(now.milliseconds - 2 * day))
    }

    // MARK: Rows

    static let uploadColumns =
        "id, upload, key, initiated, owner, initiator, fields, tags, encryption, checksum, completed, version, etag, acl"

    static func upload(
        _ uploadID: String, of key: ObjectKey, in bucket: Bucket, _ connection: SQLiteConnection
    ) throws(StorageError) -> Upload? {
        guard let id = Upload.id(of: uploadID) else { return nil }
        return try connection.first(
            "SELECT \(uploadColumns) FROM uploads WHERE id = ? AND upload = ? AND bucket = ? AND key = ?", .integer(id),
            .text(uploadID), .integer(bucket.id), .blob(key.bytes), row: upload)
    }

    static func upload(_ row: SQLiteRow) throws(StorageError) -> Upload {
        let completed =
            row.isNull(11)
            ? nil : CompletedUpload(version: VersionID(unchecked: row.text(11)), etag: ETag(row.text(12)))
        return Upload(
            id: row.integer(0), uploadID: row.text(1), key: ObjectKey(unchecked: row.blob(2)),
            initiated: Timestamp(milliseconds: row.integer(3)), owner: row.text(4), initiator: row.text(5),
            attributes: try ObjectAttributes(
                fieldLines: row.text(6), tagQuery: row.text(7), grantLines: row.text(13)),
            encryption: try Encryption.parse(row.text(8)), checksum: UploadChecksum(text: row.text(9)),
            completed: completed, ended: row.isNull(10) ? nil : Timestamp(milliseconds: row.integer(10)))
    }

    private static let selectParts =
        "SELECT number, modified, size, etag, checksum, extents FROM parts WHERE upload = ?"

    private static func part(_ row: SQLiteRow) throws(StorageError) -> UploadedPart {
        UploadedPart(
            number: Int(row.integer(0)), modified: Timestamp(milliseconds: row.integer(1)), size: row.integer(2),
            etag: ETag(row.text(3)), checksum: row.text(4).isEmpty ? nil : row.text(4),
            extents: try Extent.decode(row.blob(5)))
    }
}
