package import CofferModel

extension ObjectStore {
    package func bucket(named name: BucketName) async throws(StorageError) -> Bucket? {
        try await catalog.read { rows async throws(StorageError) in try await rows.bucket(named: name) }
    }

    package func buckets(_ query: BucketQuery) async throws(StorageError) -> [Bucket] {
        try await catalog.read { rows async throws(StorageError) in try await rows.buckets(query) }
    }

    /// - Parameter configurations: documents by sub-resource, which the bucket has from its creation.
    /// - Throws: ``StorageError/bucketExists(_:)``.
    package func createBucket(
        _ name: BucketName, owner: String, region: String, versioning: Versioning = .neverEnabled,
        configurations: [String: [UInt8]] = [:]
    ) async throws(StorageError) -> Bucket {
        let bucket = NewBucket(
            name: name, owner: owner, region: region, created: clock.time, versioning: versioning,
            configurations: configurations)
        return try await catalog.change(CatalogLocks(bucketName: name)) { rows async throws(StorageError) in
            try await rows.create(bucket)
        }
    }

    /// - Throws: ``StorageError/bucketNotEmpty``, ``StorageError/noSuchBucket(_:)``.
    package func deleteBucket(_ bucket: Bucket) async throws(StorageError) {
        let madeGarbage = try await catalog.change(
            .exclusive(bucket), freesSpace: true
        ) { rows async throws(StorageError) in try await rows.delete(bucket) }
        if madeGarbage { collectGarbage() }
    }

    /// - Throws: ``StorageError/invalidBucketState`` if the bucket's Object Lock needs versions.
    package func setVersioning(_ versioning: Versioning, of bucket: Bucket) async throws(StorageError) {
        try await catalog.change(.exclusive(bucket)) { rows async throws(StorageError) in
            try await rows.changeVersioning(of: bucket, to: versioning)
        }
    }

    /// Returns the documents that were put under a bucket's sub-resources.
    package func configurations(of bucket: Bucket) async throws(StorageError) -> [String: [UInt8]] {
        try await catalog.read { rows async throws(StorageError) in try await rows.configurations(of: bucket) }
    }

    /// - Parameter document: nil removes it.
    package func setConfiguration(
        _ kind: String, of bucket: Bucket, to document: [UInt8]?
    ) async throws(StorageError) {
        try await setConfigurations([kind: document], of: bucket)
    }

    /// Sets configurations that belong together, in one transaction.
    ///
    /// - Parameter documents: by sub-resource; nil removes it.
    package func setConfigurations(
        _ documents: [String: [UInt8]?], of bucket: Bucket
    ) async throws(StorageError) {
        let freesSpace = documents.values.allSatisfy { $0 == nil }
        try await catalog.change(.exclusive(bucket), freesSpace: freesSpace) { rows async throws(StorageError) in
            try await rows.setConfigurations(documents, of: bucket)
        }
    }

    /// Changes a configuration with a function, in one transaction.
    ///
    /// - Parameter change: receives nil if the configuration does not exist, and returns nil to remove it.
    /// - Throws: ``StorageError/refused(_:)`` with the function's error; then nothing is changed.
    package func changeConfiguration(
        _ kind: String, of bucket: Bucket,
        _ change: @escaping @Sendable (_ document: [UInt8]?) throws(S3Error) -> [UInt8]?
    ) async throws(StorageError) {
        try await catalog.change(.exclusive(bucket)) { rows async throws(StorageError) in
            try await rows.changeConfiguration(kind, of: bucket, change)
        }
    }

    /// Returns the buckets that have a configuration, whoever owns them.
    package func buckets(withConfiguration kind: String) async throws(StorageError) -> [Bucket] {
        try await catalog.read { rows async throws(StorageError) in try await rows.buckets(withConfiguration: kind) }
    }
}
