import CofferModel

/// A part to add to an upload, replacing one of the same number.
struct NewPart: Sendable {
    let number: Int
    let modified: Timestamp
    let size: Int64
    let etag: ETag
    let checksum: String?
    let segment: NewSegment?
}

/// The rules of multipart uploads.
extension CatalogTransaction {
    func create(_ new: NewUpload, in bucket: Bucket) async throws(StorageError) -> Upload {
        try await require(bucket)
        let id = try await nextSequence()
        let upload = Upload(
            id: id, uploadID: Upload.uploadID(id), bucket: bucket.id, key: new.key, initiated: time, owner: new.owner,
            initiator: new.initiator, attributes: new.attributes, encryption: new.encryption, checksum: new.checksum)
        let day: Int64 = 24 * 3600
        // By then no client asks for the outcome again.
        try await removeUploads(
            completedBefore: Timestamp(milliseconds: time.milliseconds - 7 * day * 1000),
            abortedBefore: Timestamp(milliseconds: time.milliseconds - 2 * day * 1000))
        try await put(upload, in: bucket)
        return upload
    }

    /// - Returns: whether segments are waiting to be collected now.
    /// - Throws: ``StorageError/noSuchUpload``.
    func put(_ part: NewPart, of upload: Upload) async throws(StorageError) -> Bool {
        _ = try await requireInProgress(upload)
        let replaced = try await self.part(part.number, of: upload.id)
        if let segment = part.segment { try await insert(segment) }
        try await put(
            PartRecord(
                number: part.number, modified: part.modified, size: part.size, etag: part.etag,
                checksum: part.checksum, extents: part.segment.extents),
            of: upload.id)
        return try await release(replaced?.extents ?? [])
    }

    /// Aborts an upload. Its row stays for a while, for clients that repeat their request.
    ///
    /// - Returns: whether segments are waiting to be collected now.
    func abort(_ upload: Upload, in bucket: Bucket) async throws(StorageError) -> Bool {
        var aborted = try await requireInProgress(upload)
        aborted.attributes = StoredAttributes(fields: [])
        aborted.encryption = nil
        aborted.ended = time
        try await put(aborted, in: bucket)
        return try await releaseParts(of: upload.id, except: [])
    }

    /// Completes an upload. The object takes over the segments of its parts: no bytes are moved. Uploaded parts that
    /// are not listed are removed.
    ///
    /// The object's modification time is that of the upload, and so is its position among the versions of its key: a
    /// version written or deleted since the upload began stays current (S3 User Guide, "Multipart upload", concurrent
    /// operations, and "Object metadata", Last-Modified).
    func complete(
        _ upload: Upload, in bucket: Bucket, condition: WriteCheck?, conflict: S3Error?,
        decide: (_ parts: [PartRecord]) throws(S3Error) -> UploadCompletion
    ) async throws(StorageError) -> WriteOutcome {
        let versioning = try await require(bucket)
        let found = try await requireInProgress(upload)
        let parts = try await parts(of: upload.id, after: 0, limit: Limits.partCount)
        let completion = try self.decide { () throws(S3Error) in try decide(parts) }
        if found.isOvertaken, let conflict { throw .refused(conflict) }
        try await check(condition, upload.key, in: bucket)
        let chosen = Set(completion.parts)
        let used = parts.filter { chosen.contains($0.number) }
        let hasPlace = versioning == .enabled
        let record = ObjectRecord(
            key: upload.key, sequence: hasPlace ? upload.id : try await nextSequence(),
            version: hasPlace ? upload.objectVersion : .null, isDeleteMarker: false, modified: upload.initiated,
            size: used.reduce(0) { $0 + $1.size }, etag: completion.etag, owner: upload.owner,
            attributes: completion.attributes, layout: Self.layout(of: used, upload.encryption))
        let written = try await writeInOrder(record, versioning, in: bucket)
        let madeGarbage = try await releaseParts(of: upload.id, except: chosen)
        try await put(found.completed(as: record, at: time), in: bucket)
        return WriteOutcome(
            record: record, versioning: versioning, madeGarbage: written.madeGarbage || madeGarbage)
    }

    /// Deletes the uploads of a bucket that is deleted.
    ///
    /// - Returns: whether segments are waiting to be collected now.
    func deleteUploads(of bucket: Bucket) async throws(StorageError) -> Bool {
        var madeGarbage = false
        var range = ListRange(start: .at([]))
        while true {
            let uploads = try await uploads(in: bucket, range, limit: 1000)
            guard let last = uploads.last else { break }
            for upload in uploads where try await releaseParts(of: upload.id, except: []) { madeGarbage = true }
            range.start = .within(last.key, after: last.id)
        }
        try await removeUploads(of: bucket)
        return madeGarbage
    }

    // MARK: Steps

    private static func layout(of parts: [PartRecord], _ encryption: Encryption?) -> ObjectLayout {
        ObjectLayout(
            extents: parts.flatMap(\.extents),
            parts: ObjectPart.encode(
                parts.map { ObjectPart(number: $0.number, size: $0.size, checksum: $0.checksum) }),
            encryption: encryption)
    }

    /// Returns the upload as it is now.
    private func requireInProgress(_ upload: Upload) async throws(StorageError) -> Upload {
        guard let found = try await self.upload(upload.id), found.bucket == upload.bucket, found.ended == nil else {
            throw .noSuchUpload
        }
        return found
    }

    private func releaseParts(of upload: Upload.ID, except kept: Set<Int>) async throws(StorageError) -> Bool {
        var madeGarbage = false
        for part in try await parts(of: upload, after: 0, limit: Limits.partCount) where !kept.contains(part.number) {
            if try await release(part.extents) { madeGarbage = true }
        }
        try await removeParts(of: upload)
        return madeGarbage
    }
}
