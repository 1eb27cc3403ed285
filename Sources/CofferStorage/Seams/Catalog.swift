import CofferModel

/// The source of truth for buckets, their configurations, objects, uploads and users. Only what is in the catalog
/// exists.
///
/// One of the two seams at which the store is extended: another engine, such as a shared database, implements this
/// protocol and the row primitives of ``CatalogReads`` and ``CatalogTransaction``. The rules of S3 are written once,
/// above the primitives, in the folder `Objects`.
protocol Catalog: Sendable {
    var counts: WriteCounts { get }
    /// The ids of segments that this process may assign.
    var segmentIDs: IDLease { get }
    /// Whether other processes may change the catalog. What a process keeps in memory is then compared with
    /// ``CatalogReads/revision(of:)`` before it is used.
    var isShared: Bool { get }

    /// Runs reads, each of which sees everything that was committed before it began.
    func read<Value: Sendable>(
        _ body: @Sendable (_ rows: any CatalogReads) async throws(StorageError) -> Value
    ) async throws(StorageError) -> Value

    /// Runs reads that all see the same state.
    func snapshot<Value: Sendable>(
        _ body: @Sendable (_ rows: any CatalogReads) async throws(StorageError) -> Value
    ) async throws(StorageError) -> Value

    /// Runs a change in a transaction, and returns when it is durable.
    ///
    /// - Parameters:
    ///   - locks: everything that the change reads to decide, and everything that it writes.
    ///   - freesSpace: whether the change is also run on a full disk.
    ///   - body: must have no side effects, because it may run several times, in different transactions. It should read
    ///     and decide before it writes: if it throws after its first write, the changes beside it have to run again.
    func change<Value: Sendable>(
        _ locks: CatalogLocks, freesSpace: Bool,
        _ body: @escaping @Sendable (_ rows: any CatalogTransaction) async throws(StorageError) -> Value
    ) async throws(StorageError) -> Value

    /// Returns the number of bytes that the catalog can take without growing.
    func reusableByteCount() throws(StorageError) -> Int64
    func close() async throws(StorageError)
}

extension Catalog {
    func change<Value: Sendable>(
        _ locks: CatalogLocks,
        _ body: @escaping @Sendable (_ rows: any CatalogTransaction) async throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        try await change(locks, freesSpace: false, body)
    }
}

/// What a change locks until its transaction ends. An engine that runs changes concurrently takes the locks in one
/// order, those of names, buckets, keys, uploads and parts, each ascending, and reads only after it holds them;
/// ``SQLiteCatalog`` runs one change at a time and needs none.
struct CatalogLocks: Sendable, Equatable {
    /// The name of a bucket that the change makes.
    var bucketName: BucketName?
    /// The id of a bucket that must keep existing, and keep its versioning, or that the change itself changes.
    var bucket: Int64?
    /// Whether everything in the bucket is locked.
    var isBucketExclusive = false
    var keys: [ObjectKey] = []
    /// The bucket and the keys of a copy's source, which are only read.
    var sourceBucket: Int64?
    var sourceKeys: [ObjectKey] = []
    /// The upload that is completed or aborted, or that gets a part.
    var upload: Upload.ID?
    var isUploadExclusive = false
    /// The number of the part that the upload gets.
    var part: Int?
    /// Whether accounts are locked, with their users, groups, roles and policies: names, access keys and the revision
    /// are those of all accounts together.
    var accounts = false

    /// Nothing that other changes decide on.
    static let none = CatalogLocks()
    static let accounts = CatalogLocks(accounts: true)

    /// A change of keys of a bucket that stays as it is.
    static func keys(_ keys: [ObjectKey], of bucket: Bucket) -> CatalogLocks {
        CatalogLocks(bucket: bucket.id, keys: keys)
    }

    /// A change of the bucket itself.
    static func exclusive(_ bucket: Bucket) -> CatalogLocks { CatalogLocks(bucket: bucket.id, isBucketExclusive: true) }
}

/// What processes keep in memory of the catalog.
package enum CatalogTopic: String, Sendable, CaseIterable {
    /// Buckets and their configurations, and the configurations of accounts that apply to buckets.
    case buckets
    /// Accounts, and the users, groups, roles and policies of each.
    case identities
}

/// The number of committed transactions and of the changes in them: a measure of group commit.
package struct WriteCounts: Sendable {
    package internal(set) var commits = 0
    package internal(set) var changes = 0
}
