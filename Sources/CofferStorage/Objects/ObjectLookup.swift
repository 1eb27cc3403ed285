import CofferModel

extension CatalogReads {
    func current(_ key: ObjectKey, in bucket: Bucket) async throws(StorageError) -> ObjectRecord? {
        try await current(key, in: bucket, withSegment: false)
    }

    /// Returns a version of a key, which may be a delete marker; without a version, the current one.
    func object(
        _ key: ObjectKey, version: VersionID?, in bucket: Bucket
    ) async throws(StorageError) -> ObjectRecord? {
        let current = try await current(key, in: bucket)
        if let current, version == nil || version == current.version { return current }
        guard let version else { return try await newestOther(key, in: bucket) }
        return try await other(key, version: version, in: bucket)
    }

    /// Returns an upload by the id that clients see.
    func upload(_ uploadID: String, of key: ObjectKey, in bucket: Bucket) async throws(StorageError) -> Upload? {
        guard let id = Upload.id(of: uploadID), let upload = try await upload(id) else { return nil }
        guard upload.uploadID == uploadID, upload.bucket == bucket.id, upload.key == key else { return nil }
        return upload
    }
}
