package import CofferModel

/// Bytes to append to an object.
struct ObjectAddition: Sendable {
    let key: ObjectKey
    let modified: Timestamp
    /// The encryption of the segment.
    let encryption: Encryption?
    let segment: NewSegment?
    /// Decides on the appended object, or refuses, given the object as it is in the transaction.
    let decide: @Sendable (_ current: ObjectRecord?) throws(S3Error) -> AppendedObject
}

/// The new state of an object after bytes were appended.
package struct AppendedObject: Sendable {
    package let etag: ETag
    package let attributes: StoredAttributes

    package init(etag: ETag, attributes: StoredAttributes) {
        self.etag = etag
        self.attributes = attributes
    }
}

extension CatalogTransaction {
    /// Replaces the current object by the appended one, as the same version. Refuses if the object was replaced since
    /// the body was begun and is now encrypted under another key.
    func append(_ addition: ObjectAddition, in bucket: Bucket) async throws(StorageError) -> WriteOutcome {
        let versioning = try await requireNoVersions(bucket)
        let current = try await current(addition.key, in: bucket)
        let new = try decide { () throws(S3Error) in try addition.decide(current) }
        guard let current else { throw .noSuchKey(addition.key) }
        guard current.encryption == addition.encryption else { throw .refused(S3Error(.conditionalRequestConflict)) }
        try requireUnlocked(current)
        try await markUploadsOvertaken(of: current.key, in: bucket)
        var layout = current.layout
        layout.parts = []
        if let segment = addition.segment { try await append(segment, to: &layout) }
        let added = addition.segment?.size ?? 0
        let record = ObjectRecord(
            key: current.key, sequence: current.sequence, version: current.version, isDeleteMarker: false,
            modified: addition.modified, size: current.size + added, etag: new.etag, owner: current.owner,
            attributes: new.attributes, layout: layout)
        try await putCurrent(record, in: bucket)
        try await addToTotals(objects: 0, bytes: added)
        return WriteOutcome(record: record, versioning: versioning, madeGarbage: false)
    }

    /// Merges a small segment with a small last segment, so that many small appends do not result in many extents.
    private func append(_ new: NewSegment, to layout: inout ObjectLayout) async throws(StorageError) {
        if let last = layout.extents.last, layout.encryption == nil, let more = new.bytes,
            let bytes = try await ownBytes(of: last), bytes.count + more.count <= StorageLimits.inlineByteCount
        {
            let both = bytes + more
            try await replace(last.segment, with: both)
            layout.extents[layout.extents.count - 1] = Extent(
                segment: last.segment, offset: 0, count: Int64(both.count))
            return
        }
        try await insert(new)
        layout.extents.append(Extent(segment: new.id, offset: 0, count: new.size))
    }

    /// Returns the bytes of a catalog segment that an extent covers completely and does not share, if they are intact:
    /// damaged bytes must not get a checksum that makes them look intact.
    private func ownBytes(of extent: Extent) async throws(StorageError) -> [UInt8]? {
        guard extent.offset == 0, try await isUnshared(extent.segment, size: extent.count),
            let segment = try await segment(extent.segment), segment.isGenuine
        else { return nil }
        return segment.bytes
    }
}
