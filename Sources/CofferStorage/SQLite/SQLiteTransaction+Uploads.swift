import CofferModel
import CofferSQLite

extension SQLiteTransaction {
    func put(_ upload: Upload, in bucket: Bucket) throws(StorageError) {
        memory.mayHaveUploads = true
        try write(
            """
            INSERT OR REPLACE INTO uploads (\(Self.uploadColumns))
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            .integer(upload.id), .text(upload.uploadID), .integer(bucket.id), .blob(upload.key.bytes),
            .integer(upload.initiated.milliseconds), .text(upload.owner), .text(upload.initiator),
            .text(upload.attributes.fieldLines), .text(upload.attributes.tagQuery),
            .text(GrantLines.text(upload.attributes.grants)), .text(Encryption.text(upload.encryption)),
            .text(UploadChecksum.text(upload.checksum)), .integer(upload.isOvertaken ? 1 : 0),
            upload.ended.map { .integer($0.milliseconds) } ?? .null,
            upload.completed.map { .text($0.version.description) } ?? .null,
            upload.completed.map { .text($0.etag.value) } ?? .null)
    }

    func markUploadsOvertaken(of key: ObjectKey, in bucket: Bucket) throws(StorageError) {
        guard try hasUploads() else { return }
        try write(Self.markOvertaken, .integer(bucket.id), .blob(key.bytes))
    }

    private static let markOvertaken: SQL =
        "UPDATE uploads SET is_overtaken = 1 WHERE bucket = ? AND key = ? AND ended IS NULL"
    static let selectAnyUpload: SQL = "SELECT 1 FROM uploads INDEXED BY uploads_by_key WHERE ended IS NULL LIMIT 1"

    /// Returns whether any upload is in progress, which is looked up again in each transaction until there is none.
    private func hasUploads() throws(StorageError) -> Bool {
        if memory.mayHaveUploads, !hasLookedForUploads {
            hasLookedForUploads = true
            memory.mayHaveUploads = try connection.first(Self.selectAnyUpload) { _ in true } ?? false
        }
        return memory.mayHaveUploads
    }

    func removeUploads(of bucket: Bucket) throws(StorageError) {
        try write("DELETE FROM uploads WHERE bucket = ?", .integer(bucket.id))
    }

    func removeUploads(completedBefore: Timestamp, abortedBefore: Timestamp) throws(StorageError) {
        try write(
            "DELETE FROM uploads WHERE ended < ? OR (ended < ? AND version IS NULL)",
            .integer(completedBefore.milliseconds), .integer(abortedBefore.milliseconds))
    }

    // MARK: Parts

    func put(_ part: PartRecord, of upload: Upload.ID) throws(StorageError) {
        try write(
            "INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?, ?, ?, ?)", .integer(upload),
            .integer(Int64(part.number)), .integer(part.modified.milliseconds), .integer(part.size),
            .text(part.etag.value), .text(part.checksum ?? ""), .blob(Extent.encode(part.extents)))
    }

    func removeParts(of upload: Upload.ID) throws(StorageError) {
        try write("DELETE FROM parts WHERE upload = ?", .integer(upload))
    }
}
