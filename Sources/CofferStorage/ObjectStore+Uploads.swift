package import CofferModel

extension ObjectStore {
    package func createUpload(_ upload: NewUpload, in bucket: Bucket) async throws(StorageError) -> Upload {
        try requireSpace()
        return try await catalog.createUpload(upload, in: bucket)
    }

    /// Returns an upload that is in progress, or ended a short time ago.
    package func upload(_ uploadID: String, of key: ObjectKey, in bucket: Bucket) throws(StorageError) -> Upload? {
        try catalog.upload(uploadID, of: key, in: bucket)
    }

    /// Returns a page of the uploads in progress.
    package func uploads(_ query: UploadQuery, in bucket: Bucket) async throws(StorageError) -> UploadPage {
        try await blocking.run { () throws(StorageError) in try self.catalog.uploads(query, in: bucket) }
    }

    /// Returns parts in the order of their numbers.
    package func parts(
        of upload: Upload, after number: Int = 0, limit: Int = Limits.partCount
    ) throws(StorageError) -> [UploadedPart] {
        try catalog.parts(of: upload, after: number, limit: limit)
    }

    /// Stores a body as a part of an upload, replacing one of the same number.
    ///
    /// - Throws: ``StorageError/noSuchUpload``.
    package func put(
        _ body: IncomingBody, asPart number: Int, of upload: Upload, in bucket: Bucket, etag: ETag, checksum: String?
    ) async throws(StorageError) -> Timestamp {
        let modified = clock.time
        let madeGarbage = try await commit(body) { segment throws(StorageError) in
            let part = NewPart(
                number: number, modified: modified, size: body.count, etag: etag, checksum: checksum, segment: segment)
            return try await catalog.put(part, of: upload, in: bucket)
        }
        if madeGarbage { reaper.wake() }
        return modified
    }

    /// - Throws: ``StorageError/noSuchUpload``.
    package func abort(_ upload: Upload, in bucket: Bucket) async throws(StorageError) {
        if try await catalog.abort(upload, in: bucket) { reaper.wake() }
    }

    /// Creates the object from an upload's parts. No bytes are moved.
    ///
    /// - Parameters:
    ///   - conflict: thrown if the key was written or deleted since the upload began; nil if that does not matter.
    ///   - decide: receives the current parts, and decides which are used and what the object becomes.
    /// - Throws: ``StorageError/noSuchUpload``, ``StorageError/refused(_:)`` with what `decide` or `condition` throws.
    package func complete(
        _ upload: Upload, in bucket: Bucket, condition: WriteCondition? = nil, conflict: S3Error? = nil,
        decide: @escaping @Sendable (_ parts: [UploadedPart]) throws(S3Error) -> UploadCompletion
    ) async throws(StorageError) -> WrittenObject {
        scheduleCollection(
            after: try await catalog.complete(
                upload, in: bucket, condition: condition, conflict: conflict, decide: decide))
    }
}
