package import CofferModel

/// A copy of an object, which shares the source's segments: no bytes are moved.
package struct ObjectCopy: Sendable {
    /// The source as it was looked up: if it has changed by then, no copy is made.
    package var source: ObjectRecord
    package var sourceBucket: Bucket
    package var key: ObjectKey
    package var bucket: Bucket
    package var owner: String
    package var attributes: StoredAttributes
    /// The source's key, wrapped for the copy; nil if the source is not encrypted.
    package var encryption: Encryption?
    /// The ETag of the copy as an object of one piece; nil keeps the source's ETag and parts.
    package var etag: ETag?
    package var condition: WriteCheck?

    package init(
        source: ObjectRecord, sourceBucket: Bucket, key: ObjectKey, bucket: Bucket, owner: String,
        attributes: StoredAttributes, encryption: Encryption? = nil, etag: ETag? = nil, condition: WriteCheck? = nil
    ) {
        self.source = source
        self.sourceBucket = sourceBucket
        self.key = key
        self.bucket = bucket
        self.owner = owner
        self.attributes = attributes
        self.encryption = encryption
        self.etag = etag
        self.condition = condition
    }

    var locks: CatalogLocks {
        var locks = CatalogLocks.keys([key], of: bucket)
        locks.sourceBucket = sourceBucket.id
        locks.sourceKeys = [source.key]
        return locks
    }
}

extension CatalogTransaction {
    /// - Throws: ``StorageError/sourceChanged``, ``StorageError/refused(_:)``.
    func copy(_ copy: ObjectCopy) async throws(StorageError) -> WriteOutcome {
        let versioning = try await require(copy.bucket)
        let found = try await object(copy.source.key, version: copy.source.version, in: copy.sourceBucket)
        // An append keeps the sequence number and changes the ETag.
        guard let source = found, source.sequence == copy.source.sequence, source.etag == copy.source.etag else {
            throw .sourceChanged
        }
        try await check(copy.condition, copy.key, in: copy.bucket)
        var layout = source.layout
        layout.encryption = copy.encryption
        if copy.etag != nil { layout.parts = [] }
        let sequence = try await nextSequence()
        let record = ObjectRecord(
            key: copy.key, sequence: sequence, version: Self.version(versioning, sequence), isDeleteMarker: false,
            modified: time, size: source.size, etag: copy.etag ?? source.etag, owner: copy.owner,
            attributes: copy.attributes, layout: layout)
        return try await write(record, versioning, in: copy.bucket, sharing: source.extents)
    }
}
