package import CofferModel

/// An object that is to become the current version of its key.
struct NewObject: Sendable {
    let key: ObjectKey
    let modified: Timestamp
    let size: Int64
    let etag: ETag
    let owner: String
    let attributes: ObjectAttributes
    let encryption: Encryption?
    /// The body: a new segment, in the catalog or in a file; nil for an empty body.
    let segment: NewSegment?
    /// Inspects the object that is still current and throws if it must not be replaced.
    let condition: WriteCondition?
}

/// An object as it was written.
package struct WrittenObject: Sendable {
    package let record: ObjectRecord
    /// The bucket's versioning at the time of the write.
    package let versioning: Versioning
    /// Whether the replaced object left a file that is waiting to be removed.
    let madeGarbage: Bool
}

struct NewSegment: Sendable {
    let id: SegmentID
    let size: Int64
    /// nil if the bytes are in a file.
    let bytes: [UInt8]?
    let checksums: SegmentChecksums
}

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
    package let attributes: ObjectAttributes

    package init(etag: ETag, attributes: ObjectAttributes) {
        self.etag = etag
        self.attributes = attributes
    }
}

/// A copy of an object, which shares the source's segments: no bytes are moved.
package struct ObjectCopy: Sendable {
    /// The source as it was looked up: if it has changed by then, no copy is made.
    package var source: ObjectRecord
    package var sourceBucket: Bucket
    package var key: ObjectKey
    package var bucket: Bucket
    package var owner: String
    package var attributes: ObjectAttributes
    /// The source's key, wrapped for the copy; nil if the source is not encrypted.
    package var encryption: Encryption?
    /// The ETag of the copy as an object of one piece; nil keeps the source's ETag and parts.
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

/// A rename of an object to another key, replacing any object that has that key.
package struct ObjectRename: Sendable {
    package let source: ObjectKey
    package let destination: ObjectKey
    package let sourceCondition: WriteCondition
    package let destinationCondition: WriteCondition

    package init(
        source: ObjectKey, destination: ObjectKey, sourceCondition: @escaping WriteCondition,
        destinationCondition: @escaping WriteCondition
    ) {
        precondition(source != destination, "renaming an object to its own key would delete it")
        self.source = source
        self.destination = destination
        self.sourceCondition = sourceCondition
        self.destinationCondition = destinationCondition
    }
}

/// A change of a version's attributes: its tags, its ACL, its lock, its restoration.
package struct ObjectUpdate: Sendable {
    package let key: ObjectKey
    /// nil for the current version.
    package let version: VersionID?
    /// Decides on the version's attributes, or refuses, given the version as it is in the transaction.
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

/// An object or version to delete.
package struct Deletion: Sendable {
    package let key: ObjectKey
    /// The version to remove permanently; nil deletes the current object, for which a versioned bucket gets a delete
    /// marker.
    package let version: VersionID?
    /// Inspects the version that is still current.
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

/// The result of a deletion.
package struct DeletionOutcome: Sendable {
    /// Whether a delete marker was created or removed.
    package let isDeleteMarker: Bool
    /// The version id of the marker, or of the version that was removed; nil if versioning was never enabled.
    package let version: VersionID?
}

/// Outcomes in the order of the deletions; a refused one does not affect the others.
struct DeletedObjects: Sendable {
    var outcomes: [Result<DeletionOutcome, S3Error>] = []
    var madeGarbage = false
}

/// A part to add to an upload, replacing one of the same number.
struct NewPart: Sendable {
    let number: Int
    let modified: Timestamp
    let size: Int64
    let etag: ETag
    let checksum: String?
    let segment: NewSegment?
}
