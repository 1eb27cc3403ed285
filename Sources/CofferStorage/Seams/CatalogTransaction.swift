import CofferModel

/// The rows of a catalog within a transaction. What it writes is seen by its own reads, and by no other until it is
/// committed.
protocol CatalogTransaction: AnyObject, CatalogReads {
    /// The time of the change, by the service's clock.
    var time: Timestamp { get }
    /// Returns the next number in the order of writes, which all processes that use the catalog share. Must be called
    /// while the locks of the key are held, so that a later write has the higher number.
    func nextSequence() async throws(StorageError) -> Int64

    // MARK: Buckets

    /// Adds a bucket, whose name must be free.
    func insert(_ bucket: NewBucket) async throws(StorageError) -> Bucket
    func setVersioning(_ versioning: Versioning, of bucket: Bucket) async throws(StorageError)
    /// Removes a bucket and its configurations.
    ///
    /// - Returns: whether it existed.
    func remove(_ bucket: Bucket) async throws(StorageError) -> Bool
    /// - Parameter document: nil removes it.
    func setConfiguration(
        _ kind: String, of bucket: Bucket, to document: [UInt8]?
    ) async throws(StorageError)

    // MARK: Objects

    /// Makes a record the row that object listings show for its key, replacing any other.
    func putCurrent(_ record: ObjectRecord, in bucket: Bucket) async throws(StorageError)
    func removeCurrent(_ key: ObjectKey, in bucket: Bucket) async throws(StorageError)
    /// Puts a record among the versions that object listings do not show, replacing the row with its sequence number.
    func putOther(_ record: ObjectRecord, in bucket: Bucket) async throws(StorageError)
    func removeOther(_ record: ObjectRecord, in bucket: Bucket) async throws(StorageError)
    func addToTotals(objects: Int64, bytes: Int64) async throws(StorageError)

    // MARK: Segments

    /// Adds a segment with one reference.
    func insert(_ segment: NewSegment) async throws(StorageError)
    /// Replaces the bytes of a segment that is in the catalog and has no other reference.
    func replace(_ segment: SegmentID, with bytes: [UInt8]) async throws(StorageError)
    func retain(_ segment: SegmentID) async throws(StorageError)
    /// Removes a reference. A segment without references waits to be collected, unless its bytes are in the catalog
    /// and may be removed at once.
    ///
    /// - Returns: whether it waits to be collected, or may.
    func release(_ segment: SegmentID, removesBytes: Bool) async throws(StorageError) -> Bool
    /// Removes the rows of segments that have no references.
    func forget(_ segments: [SegmentID]) async throws(StorageError)
    /// Returns whether a segment in the catalog has this size and only one reference.
    func isUnshared(_ segment: SegmentID, size: Int64) async throws(StorageError) -> Bool

    // MARK: Uploads

    /// Adds an upload, or replaces the row with its id.
    func put(_ upload: Upload, in bucket: Bucket) async throws(StorageError)
    /// Marks the uploads in progress of a key that was written or deleted.
    func markUploadsOvertaken(of key: ObjectKey, in bucket: Bucket) async throws(StorageError)
    func removeUploads(of bucket: Bucket) async throws(StorageError)
    /// Removes uploads that ended long ago.
    func removeUploads(completedBefore: Timestamp, abortedBefore: Timestamp) async throws(StorageError)
    /// Adds a part, or replaces the one with its number.
    func put(_ part: PartRecord, of upload: Upload.ID) async throws(StorageError)
    func removeParts(of upload: Upload.ID) async throws(StorageError)

    // MARK: Accounts and users

    /// Adds an account, or gives the one with its id another name and e-mail address.
    func put(_ account: IAMAccount) async throws(StorageError)
    /// - Parameter document: nil removes it.
    func setConfiguration(
        _ kind: String, ofAccount account: String, to document: [UInt8]?
    ) async throws(StorageError)
    /// Adds an entity, whose id, name and access keys must be free.
    func insert(_ entity: IAMEntityRow) async throws(StorageError)
    func remove(_ entity: IAMEntityRow) async throws(StorageError)
    /// Stores the last use of an access key or a role, if it exists.
    func put(_ use: IAMKeyUse, of id: String) async throws(StorageError)
    /// Removes the uses of access keys and roles that do not exist.
    func removeStaleKeyUses() async throws(StorageError)

    // MARK: The store itself

    func setProperty(_ name: String, to value: String) async throws(StorageError)
    /// Counts a change to a topic.
    ///
    /// - Returns: the number of changes so far, including this one.
    @discardableResult
    func raiseRevision(of topic: CatalogTopic) async throws(StorageError) -> Int64
    /// Appends an event, which takes effect with the transaction.
    func append(_ event: StoreEvent) async throws(StorageError)
    /// Removes events up to and including a sequence number.
    func removeEvents(through sequence: Int64) async throws(StorageError)
    func put(_ job: JobRecord) async throws(StorageError)
}
