package import CofferModel

/// An object that is to become the current one of its key.
struct NewObject: Sendable {
    let key: ObjectKey
    let modified: Timestamp
    let size: Int64
    let etag: ETag
    let owner: String
    let attributes: ObjectAttributes
    let encryption: Encryption?
    /// The body: a segment that is new, in the catalog or in a file; nil for no bytes.
    let segment: NewSegment?
    /// Looks at the object that is current so far and throws if it must not be replaced.
    let condition: WriteCondition?
}

/// An object as it was written.
package struct WrittenObject: Sendable {
    package let record: ObjectRecord
    /// Of the bucket, at that moment.
    package let versioning: Versioning
    /// What it replaced leaves a file that waits to be removed.
    let madeGarbage: Bool
}

struct NewSegment: Sendable {
    let id: SegmentID
    let size: Int64
    /// nil if the bytes are in a file.
    let bytes: [UInt8]?
    let checksums: SegmentChecksums
}

/// Bytes that are to be added to an object's end.
struct ObjectAddition: Sendable {
    let key: ObjectKey
    let modified: Timestamp
    /// As the segment is encrypted.
    let encryption: Encryption?
    let segment: NewSegment?
    /// Given the object as it is in the transaction, decides on the longer one, or refuses.
    let decide: @Sendable (_ current: ObjectRecord?) throws(S3Error) -> AppendedObject
}

/// What becomes of an object to whose end bytes were added.
package struct AppendedObject: Sendable {
    package let etag: ETag
    package let attributes: ObjectAttributes

    package init(etag: ETag, attributes: ObjectAttributes) {
        self.etag = etag
        self.attributes = attributes
    }
}

/// A copy of an object: it shares the source's segments, no byte is moved.
package struct ObjectCopy: Sendable {
    /// As it was looked at: if it is another by now, there is no copy.
    package var source: ObjectRecord
    package var sourceBucket: Bucket
    package var key: ObjectKey
    package var bucket: Bucket
    package var owner: String
    package var attributes: ObjectAttributes
    /// The source's key, wrapped anew; nil where the source is not encrypted.
    package var encryption: Encryption?
    /// Of the copy as an object in one piece; nil leaves it the source's, with its parts.
    package var etag: ETag?
    package var condition: WriteCondition?

    package init(
        source: ObjectRecord, sourceBucket: Bucket, key: ObjectKey, bucket: Bucket, owner: String,
        attributes: ObjectAttributes, encryption: Encryption? = nil, etag: ETag? = nil,
        condition: WriteCondition? = nil
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
}

/// An object that is to be called by another key, in the place of what has that key.
package struct ObjectRename: Sendable {
    package let source: ObjectKey
    package let destination: ObjectKey
    package let sourceCondition: WriteCondition
    package let destinationCondition: WriteCondition

    package init(
        source: ObjectKey, destination: ObjectKey, sourceCondition: @escaping WriteCondition,
        destinationCondition: @escaping WriteCondition
    ) {
        precondition(source != destination, "what is renamed to its own key would be deleted in the end")
        self.source = source
        self.destination = destination
        self.sourceCondition = sourceCondition
        self.destinationCondition = destinationCondition
    }
}

/// A change of what is said of a version: its tags, its ACL, its lock, its restoration.
package struct ObjectUpdate: Sendable {
    package let key: ObjectKey
    /// nil for the current one.
    package let version: VersionID?
    /// Given the version as it is in the transaction, decides on its attributes, or refuses.
    package let change: @Sendable (_ record: ObjectRecord) throws(S3Error) -> ObjectAttributes

    package init(
        key: ObjectKey, version: VersionID?,
        change: @escaping @Sendable (_ record: ObjectRecord) throws(S3Error) -> ObjectAttributes
    ) {
        self.key = key
        self.version = version
        self.change = change
    }
}

/// An object or version that is to be deleted.
package struct Deletion: Sendable {
    package let key: ObjectKey
    /// The version to remove for good; nil deletes the current object, which versioning turns into a marker.
    package let version: VersionID?
    /// Looks at what is current so far.
    package var condition: WriteCondition?
    package let bypassesGovernance: Bool

    package init(
        key: ObjectKey, version: VersionID? = nil, condition: WriteCondition? = nil, bypassesGovernance: Bool = false
    ) {
        self.key = key
        self.version = version
        self.condition = condition
        self.bypassesGovernance = bypassesGovernance
    }
}

/// What came of a deletion.
package struct DeletionOutcome: Sendable {
    /// Whether a marker was made or removed.
    package let isDeleteMarker: Bool
    /// The marker's, or that of the version that was removed; nil where versioning was never enabled.
    package let version: VersionID?
}

/// Outcomes in the order of the deletions; one that is refused does not disturb the others.
struct DeletedObjects: Sendable {
    var outcomes: [Result<DeletionOutcome, S3Error>] = []
    var madeGarbage = false
}

/// A part that is to belong to an upload, in the place of one of the same number.
struct NewPart: Sendable {
    let number: Int
    let modified: Timestamp
    let size: Int64
    let etag: ETag
    let checksum: String?
    let segment: NewSegment?
}
