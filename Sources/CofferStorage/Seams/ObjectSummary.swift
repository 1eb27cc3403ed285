package import CofferModel

/// An item that listings show under a key.
package protocol Listed: Sendable {
    var key: ObjectKey { get }
    /// Its position among the items of its key.
    var order: Int64 { get }
}

extension Upload: Listed {
    package var order: Int64 { id }
}

/// A version of an object, or a delete marker, as it appears in listings.
package struct ObjectSummary: Listed {
    package let key: ObjectKey
    let sequence: Int64
    package let version: VersionID
    package let isDeleteMarker: Bool
    /// Whether it is the newest version of its key.
    package internal(set) var isLatest = true
    package let modified: Timestamp
    package let size: Int64
    package let etag: ETag
    /// The id of an account.
    package let owner: String
    package let attributes: StoredAttributes

    package var order: Int64 { sequence }
}
