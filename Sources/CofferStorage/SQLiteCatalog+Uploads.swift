import CofferModel

extension SQLiteCatalog {
    func createUpload(_ new: NewUpload, in bucket: Bucket) async throws(StorageError) -> Upload {
        let id = nextID()
        let upload = Upload(
            id: id, uploadID: Upload.uploadID(id), key: new.key, initiated: .now(), owner: new.owner,
            initiator: new.initiator, attributes: new.attributes, encryption: new.encryption, checksum: new.checksum,
            completed: nil)
        try await writer.write { connection throws(StorageError) in
            try Self.require(bucket, connection)
            try Self.forgetCompleted(before: upload.initiated, connection)
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

    func abort(_ upload: Upload, in bucket: Bucket) async throws(StorageError) -> Bool {
        try await writer.write(freesSpace: true) { connection throws(StorageError) in
            try Self.requireUnderWay(upload, in: bucket, connection)
            try connection.run("DELETE FROM uploads WHERE id = ?", .integer(upload.id))
            return try Self.releaseParts(of: upload.id, but: [], connection)
        }
    }

    /// The object takes over the segments of its parts: no byte is moved. What was uploaded and is not listed goes.
    func complete(
        _ upload: Upload, in bucket: Bucket, condition: WriteCondition?,
        decide: @escaping @Sendable (_ parts: [UploadedPart]) throws(S3Error) -> UploadCompletion
    ) async throws(StorageError) -> WrittenObject {
        try await writer.write { connection throws(StorageError) in
            let (versioning, sequence) = (try Self.require(bucket, connection), self.nextID())
            try Self.requireUnderWay(upload, in: bucket, connection)
            let parts = try connection.all(
                "\(Self.selectParts) ORDER BY number", .integer(upload.id), row: Self.part)
            let completion = try Self.decide { () throws(S3Error) in try decide(parts) }
            try Self.check(condition, upload.key, in: bucket, connection)
            let chosen = Set(completion.parts)
            let used = parts.filter { chosen.contains($0.number) }
            let record = ObjectRecord(
                key: upload.key, sequence: sequence, version: Self.version(versioning, sequence),
                isDeleteMarker: false, modified: .now(), size: used.reduce(0) { $0 + $1.size },
                etag: completion.etag, owner: upload.owner, attributes: completion.attributes,
                layout: Self.layout(of: used, upload.encryption))
            let madeGarbage = try Self.releaseParts(of: upload.id, but: chosen, connection)
            try Self.markCompleted(upload, as: record, connection)
            let written = try Self.write(record, versioning, in: bucket, connection)
            return WrittenObject(
                record: record, versioning: versioning, madeGarbage: written.madeGarbage || madeGarbage)
        }
    }

    /// With a bucket go its uploads.
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

    private static func requireUnderWay(
        _ upload: Upload, in bucket: Bucket, _ connection: SQLiteConnection
    ) throws(StorageError) {
        let isUnderWay = try connection.first(
            "SELECT completed IS NULL FROM uploads WHERE id = ? AND bucket = ?", .integer(upload.id),
            .integer(bucket.id)
        ) { $0.integer(0) == 1 }
        guard isUnderWay == true else { throw StorageError.noSuchUpload }
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
        _ upload: Upload, as record: ObjectRecord, _ connection: SQLiteConnection
    ) throws(StorageError) {
        try connection.run(
            "UPDATE uploads SET completed = ?, version = ?, etag = ?, fields = ? WHERE id = ?",
            .integer(record.modified.milliseconds), .text(record.version.description), .text(record.etag.value),
            .text(record.attributes.fieldLines), .integer(upload.id))
    }

    /// A week after an upload was completed nobody asks again whether it was.
    private static func forgetCompleted(before now: Timestamp, _ connection: SQLiteConnection) throws(StorageError) {
        let week: Int64 = 7 * 24 * 3600 * 1000
        try connection.run("DELETE FROM uploads WHERE completed < ?", .integer(now.milliseconds - week))
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
            row.isNull(10)
            ? nil : CompletedUpload(version: VersionID(unchecked: row.text(11)), etag: ETag(row.text(12)))
        return Upload(
            id: row.integer(0), uploadID: row.text(1), key: ObjectKey(unchecked: row.blob(2)),
            initiated: Timestamp(milliseconds: row.integer(3)), owner: row.text(4), initiator: row.text(5),
            attributes: try ObjectAttributes(
                fieldLines: row.text(6), tagQuery: row.text(7), grantLines: row.text(13)),
            encryption: try Encryption.parse(row.text(8)), checksum: UploadChecksum(text: row.text(9)),
            completed: completed)
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
