package import CofferModel

/// An object that is to become the current version of its key.
struct NewObject: Sendable {
    let key: ObjectKey
    let modified: Timestamp
    let size: Int64
    let etag: ETag
    let owner: String
    let attributes: StoredAttributes
    let encryption: Encryption?
    /// The body: a new segment, in the catalog or in a file; nil for an empty body.
    let segment: NewSegment?
    /// Inspects the object that is still current and throws if it must not be replaced.
    let condition: WriteCheck?
}

/// The result of a write: the object as it is recorded now.
package struct WriteOutcome: Sendable {
    package let record: ObjectRecord
    /// The bucket's versioning at the time of the write.
    package let versioning: Versioning
    /// Whether the replaced object left segments that are waiting to be collected.
    let madeGarbage: Bool
}

extension CatalogTransaction {
    func put(_ object: NewObject, in bucket: Bucket) async throws(StorageError) -> WriteOutcome {
        let versioning = try await require(bucket)
        try await check(object.condition, object.key, in: bucket)
        let sequence = try await nextSequence()
        let record = ObjectRecord(
            key: object.key, sequence: sequence, version: Self.version(versioning, sequence), isDeleteMarker: false,
            modified: object.modified, size: object.size, etag: object.etag, owner: object.owner,
            attributes: object.attributes,
            layout: ObjectLayout(extents: object.segment.extents, encryption: object.encryption))
        let written = try await write(record, versioning, in: bucket)
        if let segment = object.segment { try await insert(segment) }
        return written
    }
}

extension NewSegment? {
    /// The extents of an object or part that consists of this segment.
    var extents: [Extent] { map { [Extent(segment: $0.id, offset: 0, count: $0.size)] } ?? [] }
}
