import CofferModel

/// The source of truth for buckets, their configurations, objects, uploads and users. Only what is in the catalog
/// exists.
///
/// One of the two interfaces at which the store can be extended: another catalog, such as a shared database, can
/// replace ``SQLiteCatalog`` by implementing these calls. Reads return at once and may touch the disk; changes return
/// when they are durable.
protocol Catalog: Sendable {
    var counts: WriteCounts { get }
    /// Returns the next id. An id that orders writes must be requested within the transaction that writes.
    func nextID() -> Int64
    /// The number of times the store was opened, which is part of every id.
    var epoch: Int64 { get }

    func bucket(named name: BucketName) throws(StorageError) -> Bucket?
    func buckets(_ query: BucketQuery) throws(StorageError) -> [Bucket]
    func createBucket(_ bucket: NewBucket) async throws(StorageError) -> Bucket
    /// - Returns: whether files are waiting to be removed now.
    func deleteBucket(_ bucket: Bucket) async throws(StorageError) -> Bool
    func configurations(of bucket: Bucket) throws(StorageError) -> [String: [UInt8]]
    func buckets(withConfiguration kind: String) throws(StorageError) -> [Bucket]
    func setConfigurations(_ documents: [String: [UInt8]?], of bucket: Bucket) async throws(StorageError)
    func changeConfiguration(
        _ kind: String, of bucket: Bucket,
        _ change: @escaping @Sendable (_ document: [UInt8]?) throws(S3Error) -> [UInt8]?
    ) async throws(StorageError)
    func setVersioning(_ versioning: Versioning, of bucket: Bucket) async throws(StorageError)

    /// - Parameter withSegment: whether an object of one segment is returned with that segment, for a caller that reads
    ///   its bytes next.
    func object(
        _ key: ObjectKey, version: VersionID?, in bucket: Bucket, withSegment: Bool
    ) throws(StorageError) -> ObjectRecord?
    func segment(_ id: SegmentID) throws(StorageError) -> StoredSegment?
    func put(_ object: NewObject, in bucket: Bucket) async throws(StorageError) -> WrittenObject
    func append(_ addition: ObjectAddition, in bucket: Bucket) async throws(StorageError) -> WrittenObject
    func copy(_ copy: ObjectCopy) async throws(StorageError) -> WrittenObject
    func rename(_ rename: ObjectRename, in bucket: Bucket) async throws(StorageError) -> WrittenObject
    func update(_ update: ObjectUpdate, in bucket: Bucket) async throws(StorageError) -> ObjectRecord
    func delete(_ deletions: [Deletion], in bucket: Bucket) async throws(StorageError) -> DeletedObjects
    func list(_ query: ListQuery, in bucket: Bucket) throws(StorageError) -> ListPage
    func listVersions(_ query: VersionQuery, in bucket: Bucket) throws(StorageError) -> VersionPage

    func createUpload(_ upload: NewUpload, in bucket: Bucket) async throws(StorageError) -> Upload
    func upload(_ uploadID: String, of key: ObjectKey, in bucket: Bucket) throws(StorageError) -> Upload?
    func uploads(_ query: UploadQuery, in bucket: Bucket) throws(StorageError) -> UploadPage
    func parts(of upload: Upload, after number: Int, limit: Int) throws(StorageError) -> [UploadedPart]
    /// - Returns: whether files are waiting to be removed now.
    func put(_ part: NewPart, of upload: Upload, in bucket: Bucket) async throws(StorageError) -> Bool
    func abort(_ upload: Upload, in bucket: Bucket) async throws(StorageError) -> Bool
    func complete(
        _ upload: Upload, in bucket: Bucket, condition: WriteCondition?, conflict: S3Error?,
        decide: @escaping @Sendable (_ parts: [UploadedPart]) throws(S3Error) -> UploadCompletion
    ) async throws(StorageError) -> WrittenObject

    func garbage(after segment: SegmentID?, limit: Int) throws(StorageError) -> [SegmentID]
    func forget(_ segments: [SegmentID]) async throws(StorageError)
    func isNamed(_ segment: SegmentID) throws(StorageError) -> Bool
    /// Returns whether an object or upload has bytes that are in a file.
    func namesFiles() throws(StorageError) -> Bool
    func totals() throws(StorageError) -> StoreTotals

    func accounts() throws(StorageError) -> [IAMAccount]
    func setAccount(_ account: IAMAccount) async throws(StorageError)
    func accountConfigurations() throws(StorageError) -> [String: [String: [UInt8]]]
    func setConfiguration(_ kind: String, ofAccount account: String, to document: [UInt8]?) async throws(StorageError)
    func iam() throws(StorageError) -> [String: IAMDirectory]
    func changeIAM<Value: Sendable>(
        of account: String, _ change: @escaping @Sendable (inout IAMDirectory) throws(S3Error) -> Value
    ) async throws(StorageError) -> (value: Value, directory: IAMDirectory)
    func keyUse(of accessKeyID: String) throws(StorageError) -> IAMKeyUse?
    func setKeyUses(_ uses: [String: IAMKeyUse]) async throws(StorageError)
    func property(_ name: String) throws(StorageError) -> String?
    func setProperty(_ name: String, to value: String) async throws(StorageError)
    /// Returns the number of bytes that the catalog can take without growing.
    func reusableByteCount() throws(StorageError) -> Int64
    func close() throws(StorageError)
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

/// A segment as recorded in the catalog.
struct StoredSegment: Sendable {
    /// The number of bytes before encryption.
    let size: Int64
    /// The stored bytes; nil if they are in a file.
    let bytes: [UInt8]?
    /// The checksums of the bytes as stored; nil for segments written before checksums were introduced, which are read
    /// without verification.
    let checksums: SegmentChecksums?

    /// Whether bytes that are in the catalog match their checksums.
    var isGenuine: Bool {
        guard let bytes, let checksums else { return true }
        return SegmentChecksums(of: bytes) == checksums
    }
}

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
