import CofferModel

/// The rows of a catalog, for reading. The calls know nothing of S3: they look up rows, and read ranges of them in
/// order.
protocol CatalogReads {
    // MARK: Buckets

    func bucket(named name: BucketName) async throws(StorageError) -> Bucket?
    func bucket(id: Int64) async throws(StorageError) -> Bucket?
    /// Returns buckets in the order of their names.
    func buckets(_ query: BucketQuery) async throws(StorageError) -> [Bucket]
    func buckets(withConfiguration kind: String) async throws(StorageError) -> [Bucket]
    /// Returns a bucket's documents by sub-resource.
    func configurations(of bucket: Bucket) async throws(StorageError) -> [String: [UInt8]]

    // MARK: Objects

    /// Returns the row that object listings show; nil if there is none or a delete marker is current.
    ///
    /// - Parameter withSegment: whether an only segment is read as well, for a caller that reads its bytes next.
    func current(_ key: ObjectKey, in bucket: Bucket, withSegment: Bool) async throws(StorageError) -> ObjectRecord?
    /// Returns the newest of the versions that object listings do not show.
    func newestOther(_ key: ObjectKey, in bucket: Bucket) async throws(StorageError) -> ObjectRecord?
    /// Returns one of the versions that object listings do not show.
    func other(_ key: ObjectKey, version: VersionID, in bucket: Bucket) async throws(StorageError) -> ObjectRecord?
    /// Returns current objects in the order of their keys.
    func objects(
        in bucket: Bucket, _ range: ListRange, limit: Int, withOwners: Bool
    ) async throws(StorageError) -> ObjectRows
    /// Visits the first key of current objects in a range, and again the first from the key on that the visit returns,
    /// until it returns nil or there are no more.
    func visitKeys(
        in bucket: Bucket, _ range: ListRange, _ visit: (_ key: Span<UInt8>) -> [UInt8]?
    ) async throws(StorageError)
    /// Returns current objects and the other versions in one order: by key, the newest first.
    func versions(in bucket: Bucket, _ range: ListRange, limit: Int) async throws(StorageError) -> ObjectRows

    // MARK: Segments

    func segment(_ id: SegmentID) async throws(StorageError) -> StoredSegment?
    func isNamed(_ segment: SegmentID) async throws(StorageError) -> Bool
    /// Returns segments that are no longer referenced, in the order of their ids.
    ///
    /// - Parameter segment: only segments after this one are returned.
    func garbage(after segment: SegmentID?, limit: Int) async throws(StorageError) -> [SegmentID]
    /// Returns whether an object or upload has bytes that are in a file.
    func namesFiles() async throws(StorageError) -> Bool
    func totals() async throws(StorageError) -> StoreTotals

    // MARK: Uploads

    func upload(_ id: Upload.ID) async throws(StorageError) -> Upload?
    /// Returns uploads in progress by key, and those of one key in the order in which they were begun.
    func uploads(in bucket: Bucket, _ range: ListRange, limit: Int) async throws(StorageError) -> [Upload]
    /// Returns parts in the order of their numbers.
    func parts(of upload: Upload.ID, after number: Int, limit: Int) async throws(StorageError) -> [PartRecord]
    func part(_ number: Int, of upload: Upload.ID) async throws(StorageError) -> PartRecord?

    // MARK: Accounts and users

    /// Returns the first account, followed by the others in order of creation.
    func accounts() async throws(StorageError) -> [IAMAccount]
    /// Returns the configuration documents of accounts: by kind, by account id.
    func accountConfigurations() async throws(StorageError) -> [String: [String: [UInt8]]]
    func entities(of account: String) async throws(StorageError) -> [IAMEntityRow]
    /// - Parameter id: the id of an access key or a role.
    func keyUse(of id: String) async throws(StorageError) -> IAMKeyUse?

    // MARK: The store itself

    func property(_ name: String) async throws(StorageError) -> String?
    /// Returns the number of changes to a topic so far.
    func revision(of topic: CatalogTopic) async throws(StorageError) -> Int64
    /// Returns events in the order in which they were written.
    ///
    /// - Parameter sequence: only events after this one are returned.
    func events(after sequence: Int64, limit: Int) async throws(StorageError) -> [StoredEvent]
    func job(named name: String) async throws(StorageError) -> JobRecord?
}

/// The part of a listing that one read covers.
struct ListRange: Sendable {
    var start: Start
    /// The key before which the range ends; nil for no end.
    var end: [UInt8]?

    enum Start: Sendable, Equatable {
        /// This key and the keys after it.
        case at([UInt8])
        /// The keys after this one.
        case after([UInt8])
        /// The rest of this key's rows, which follow the row of a sequence number or upload id, and the keys after it.
        case within(ObjectKey, after: Int64)
    }
}
