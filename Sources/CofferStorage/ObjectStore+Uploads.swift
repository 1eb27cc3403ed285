package import CofferModel

extension ObjectStore {
    package func createUpload(_ upload: NewUpload, in bucket: Bucket) async throws(StorageError) -> Upload {
        try requireSpace()
        return try await catalog.change(.keys([upload.key], of: bucket)) { rows async throws(StorageError) in
            try await rows.create(upload, in: bucket)
        }
    }

    /// Returns an upload that is in progress, or ended a short time ago.
    package func upload(
        _ uploadID: String, of key: ObjectKey, in bucket: Bucket
    ) async throws(StorageError) -> Upload? {
        try await catalog.read { rows async throws(StorageError) in
            try await rows.upload(uploadID, of: key, in: bucket)
        }
    }

    /// Returns a page of the uploads in progress.
    package func uploads(_ query: UploadQuery, in bucket: Bucket) async throws(StorageError) -> UploadPage {
        try await blocking.run { () async throws(StorageError) in
            try await catalog.snapshot { rows async throws(StorageError) in
                try await rows.listUploads(query, in: bucket)
            }
        }
    }

    /// Returns parts in the order of their numbers.
    package func parts(
        of upload: Upload, after number: Int = 0, limit: Int = Limits.partCount
    ) async throws(StorageError) -> [PartRecord] {
        try await catalog.read { rows async throws(StorageError) in
            try await rows.parts(of: upload.id, after: number, limit: limit)
        }
    }

    /// Stores a body as a part of an upload, replacing one of the same number.
    ///
    /// - Throws: ``StorageError/noSuchUpload``.
    package func put(
        _ body: IncomingBody, asPart number: Int, of upload: Upload, etag: ETag, checksum: String?
    ) async throws(StorageError) -> Timestamp {
        let modified = clock.time
        let madeGarbage = try await commit(body) { segment throws(StorageError) in
            let part = NewPart(
                number: number, modified: modified, size: body.count, etag: etag, checksum: checksum, segment: segment)
            let locks = CatalogLocks(bucket: upload.bucket, upload: upload.id, part: number)
            return try await catalog.change(locks) { rows async throws(StorageError) in
                try await rows.put(part, of: upload)
            }
        }
        if madeGarbage { collectGarbage() }
        return modified
    }

    /// - Throws: ``StorageError/noSuchUpload``.
    package func abort(_ upload: Upload, in bucket: Bucket) async throws(StorageError) {
        let locks = CatalogLocks(bucket: bucket.id, upload: upload.id, isUploadExclusive: true)
        let madeGarbage = try await catalog.change(locks, freesSpace: true) { rows async throws(StorageError) in
            try await rows.abort(upload, in: bucket)
        }
        if madeGarbage { collectGarbage() }
    }

    /// Creates the object from an upload's parts. No bytes are moved.
    ///
    /// - Parameters:
    ///   - conflict: thrown if the key was written or deleted since the upload began; nil if that does not matter.
    ///   - decide: receives the current parts, and decides which are used and what the object becomes.
    /// - Throws: ``StorageError/noSuchUpload``, ``StorageError/refused(_:)`` with what `decide` or `condition` throws.
    package func complete(
        _ upload: Upload, in bucket: Bucket, condition: WriteCheck? = nil, conflict: S3Error? = nil,
        decide: @escaping @Sendable (_ parts: [PartRecord]) throws(S3Error) -> UploadCompletion
    ) async throws(StorageError) -> WriteOutcome {
        let locks = CatalogLocks(bucket: bucket.id, keys: [upload.key], upload: upload.id, isUploadExclusive: true)
        return collectGarbage(
            after: try await catalog.change(locks) { rows async throws(StorageError) in
                try await rows.complete(
                    upload, in: bucket, condition: condition, conflict: conflict, decide: decide)
            })
    }
}
