package import CofferModel

/// A bucket as recorded in the catalog.
///
/// A class, because every step of a request passes it on: a copy of its fields would count references to each.
package final class Bucket: Sendable, Equatable {
    package let id: Int64
    package let name: BucketName
    /// The account that owns it.
    package let owner: String
    package let region: String
    package let created: Timestamp
    package let versioning: Versioning

    package init(
        id: Int64, name: BucketName, owner: String, region: String, created: Timestamp, versioning: Versioning
    ) {
        self.id = id
        self.name = name
        self.owner = owner
        self.region = region
        self.created = created
        self.versioning = versioning
    }

    package static func == (one: Bucket, other: Bucket) -> Bool {
        one.id == other.id && one.name == other.name && one.owner == other.owner && one.region == other.region
            && one.created == other.created && one.versioning == other.versioning
    }
}

/// A bucket to create.
struct NewBucket: Sendable {
    let name: BucketName
    let owner: String
    let region: String
    let created: Timestamp
    let versioning: Versioning
    /// Documents by sub-resource.
    let configurations: [String: [UInt8]]
}

/// The parameters of a listing of buckets.
package struct BucketQuery: Sendable {
    /// The id of the owning account.
    package var owner: String
    package var prefix: String
    package var after: String
    /// nil for every region.
    package var region: String?
    package var limit: Int

    package init(owner: String, prefix: String = "", after: String = "", region: String? = nil, limit: Int) {
        self.owner = owner
        self.prefix = prefix
        self.region = region
        self.after = after
        self.limit = limit
    }
}

package struct StoreTotals: Sendable {
    package let buckets: Int64
    /// Every version counts separately, delete markers do not count.
    package let objects: Int64
    /// The size of all objects as clients see them; copies count although they share their bytes.
    package let bytes: Int64
    /// Multipart uploads that were neither completed nor aborted, and the bytes of their parts.
    package let uploads: Int64
    package let uploadedBytes: Int64
}
