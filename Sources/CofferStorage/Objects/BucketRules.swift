import CofferModel

/// The rules of buckets and their configurations.
extension CatalogTransaction {
    /// - Throws: ``StorageError/bucketExists(_:)``.
    func create(_ new: NewBucket) async throws(StorageError) -> Bucket {
        if let bucket = try await bucket(named: new.name) { throw .bucketExists(bucket) }
        let bucket = try await insert(new)
        for (kind, document) in new.configurations { try await setConfiguration(kind, of: bucket, to: document) }
        return bucket
    }

    /// Deletes an empty bucket. Uploads in progress do not prevent that: they are deleted with it.
    ///
    /// - Returns: whether segments are waiting to be collected now.
    /// - Throws: ``StorageError/bucketNotEmpty``, ``StorageError/noSuchBucket(_:)``.
    func delete(_ bucket: Bucket) async throws(StorageError) -> Bool {
        try await require(bucket)
        let everything = ListRange(start: .at([]))
        guard try await versions(in: bucket, everything, limit: 1).isEmpty else { throw .bucketNotEmpty }
        let madeGarbage = try await deleteUploads(of: bucket)
        guard try await remove(bucket) else { throw .noSuchBucket(bucket.name) }
        try await raiseRevision(of: .buckets)
        return madeGarbage
    }

    /// Checks that a bucket still exists: it may have been deleted, or its versioning changed, since a request looked
    /// it up.
    ///
    /// - Returns: its current versioning.
    @discardableResult
    func require(_ bucket: Bucket) async throws(StorageError) -> Versioning {
        guard let found = try await self.bucket(id: bucket.id) else { throw .noSuchBucket(bucket.name) }
        return found.versioning
    }

    /// Refuses to change an object in place in a versioned bucket; versioning may have been enabled since the request
    /// looked it up.
    func requireNoVersions(_ bucket: Bucket) async throws(StorageError) -> Versioning {
        let versioning = try await require(bucket)
        guard versioning == .neverEnabled else { throw .refused(S3Error(.conditionalRequestConflict)) }
        return versioning
    }

    /// - Parameter documents: by sub-resource; nil removes one.
    func setConfigurations(_ documents: [String: [UInt8]?], of bucket: Bucket) async throws(StorageError) {
        let versioning = try await require(bucket)
        guard !documents.keys.contains("object-lock") || versioning == .enabled else { throw .invalidBucketState }
        for (kind, document) in documents { try await setConfiguration(kind, of: bucket, to: document) }
        try await raiseRevision(of: .buckets)
    }

    /// - Parameter change: receives and returns nil for no document.
    func changeConfiguration(
        _ kind: String, of bucket: Bucket, _ change: (_ document: [UInt8]?) throws(S3Error) -> [UInt8]?
    ) async throws(StorageError) {
        try await require(bucket)
        let former = try await configurations(of: bucket)[kind]
        let document = try decide { () throws(S3Error) in try change(former) }
        try await setConfiguration(kind, of: bucket, to: document)
        try await raiseRevision(of: .buckets)
    }

    func changeVersioning(of bucket: Bucket, to versioning: Versioning) async throws(StorageError) {
        try await require(bucket)
        if versioning != .enabled, try await configurations(of: bucket)["object-lock"] != nil {
            throw .invalidBucketState
        }
        try await setVersioning(versioning, of: bucket)
        try await raiseRevision(of: .buckets)
    }
}
