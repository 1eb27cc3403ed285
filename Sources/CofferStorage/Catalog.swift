import CofferModel

/// The point of truth: buckets, their configurations, objects, users. What stands here exists; what does not, does not.
///
/// One of the two seams of the store: another catalog, such as a shared database, takes the place of
/// ``SQLiteCatalog`` by these calls. Reads return at once and may touch the disk; changes return when they are durable.
protocol Catalog: Sendable {
    var counts: WriteCounts { get }
    func nextID() -> Int64

    func bucket(named name: BucketName) throws(StorageError) -> Bucket?
    func buckets(_ query: BucketQuery) throws(StorageError) -> [Bucket]
    func createBucket(_ bucket: NewBucket) async throws(StorageError) -> Bucket
    func deleteBucket(_ bucket: Bucket) async throws(StorageError)
    func configurations(of bucket: Bucket) throws(StorageError) -> [String: [UInt8]]
    func setConfiguration(_ kind: String, of bucket: Bucket, to document: [UInt8]?) async throws(StorageError)

    func object(_ key: ObjectKey, in bucket: Bucket) throws(StorageError) -> ObjectRecord?
    func bytes(of segment: SegmentID) throws(StorageError) -> [UInt8]?
    func put(_ object: NewObject, in bucket: Bucket) async throws(StorageError) -> WrittenObject
    func copy(_ copy: ObjectCopy) async throws(StorageError) -> WrittenObject
    /// - Returns: whether files wait to be removed now.
    func delete(_ keys: [ObjectKey], in bucket: Bucket) async throws(StorageError) -> Bool
    func list(_ query: ListQuery, in bucket: Bucket) throws(StorageError) -> ListPage

    func garbage(limit: Int) throws(StorageError) -> [SegmentID]
    func forget(_ segments: [SegmentID]) async throws(StorageError)
    func isNamed(_ segment: SegmentID) throws(StorageError) -> Bool
    func totals() throws(StorageError) -> StoreTotals

    func users() throws(StorageError) -> [User]
    func setUser(_ user: User) async throws(StorageError)
    /// Bytes that the catalog can take without growing.
    func reusableByteCount() throws(StorageError) -> Int64
    func close() throws(StorageError)
}

/// A bucket that is to be made.
struct NewBucket: Sendable {
    let name: BucketName
    let owner: String
    let region: String
    let created: Timestamp
    /// Documents by sub-resource.
    let configurations: [String: [UInt8]]
}

package struct BucketQuery: Sendable {
    package var prefix: String
    package var after: String
    package var limit: Int

    package init(prefix: String = "", after: String = "", limit: Int) {
        self.prefix = prefix
        self.after = after
        self.limit = limit
    }
}

/// An object that is to become the current one of its key.
struct NewObject: Sendable {
    let key: ObjectKey
    let modified: Timestamp
    let size: Int64
    let etag: ETag
    let owner: String
    let attributes: ObjectAttributes
    /// The body: a segment that is new, in the catalog or in a file; nil for no bytes.
    let segment: NewSegment?
    /// Looks at the object that is current so far and throws if it must not be replaced.
    let condition: WriteCondition?
}

/// An object as it was written.
struct WrittenObject: Sendable {
    let record: ObjectRecord
    /// What it replaced leaves a file that waits to be removed.
    let madeGarbage: Bool
}

struct NewSegment: Sendable {
    let id: SegmentID
    let size: Int64
    /// nil if the bytes are in a file.
    let bytes: [UInt8]?
}

/// A copy of an object: it shares the source's segments, no byte is moved.
struct ObjectCopy: Sendable {
    let sourceKey: ObjectKey
    let sourceBucket: Bucket
    let key: ObjectKey
    let bucket: Bucket
    let modified: Timestamp
    let owner: String
    /// Given the source as it is in the transaction, decides on the copy's attributes, or refuses.
    let attributes: @Sendable (_ source: ObjectRecord) throws(S3Error) -> ObjectAttributes
}

package struct StoreTotals: Sendable {
    package let buckets: Int64
    package let objects: Int64
    /// Of all objects as clients see them; copies count although they share their bytes.
    package let bytes: Int64
}

/// A user with access keys and the names of managed policies.
package struct User: Sendable, Equatable {
    package let name: String
    package let policies: [String]
    package let accessKeys: [AccessKey]

    package struct AccessKey: Sendable, Equatable {
        package let id: String
        package let secret: String

        package init(id: String, secret: String) {
            self.id = id
            self.secret = secret
        }
    }

    package init(name: String, policies: [String], accessKeys: [AccessKey]) {
        self.name = name
        self.policies = policies
        self.accessKeys = accessKeys
    }
}
