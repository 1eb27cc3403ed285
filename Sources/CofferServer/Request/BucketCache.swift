import CofferAccess
import CofferModel
import CofferStorage
import Synchronization

/// A bucket with its configurations, read and compiled once.
final class BucketState: Sendable {
    let bucket: Bucket
    let policy: Policy?
    /// Whether the stored policy cannot be read, as one may be that an earlier version took. It may have denied anything:
    /// until its owner puts another, the root alone has access.
    let isShut: Bool
    let cors: CORSConfiguration?
    let encryption: EncryptionConfiguration?
    /// nil if versions cannot be locked.
    let lock: ObjectLockConfiguration?
    let acl: AccessControlList
    /// nil where nothing was said: as ``ObjectOwnership/objectWriter``.
    let ownership: ObjectOwnership?
    /// The bucket's own, and its account's.
    let publicAccessBlock: PublicAccessBlock
    let hasPublicPolicy: Bool

    /// - Parameter account: what is configured for the whole account of the bucket's owner.
    init(_ bucket: Bucket, configurations: [String: [UInt8]], account: [String: [UInt8]]) throws(S3Error) {
        self.bucket = bucket
        do throws(S3Error) {
            policy = try configurations["policy"].map { document throws(S3Error) in
                try Policy(document: document, bucket: bucket.name)
            }
            isShut = false
        } catch {
            policy = nil
            isShut = true
        }
        cors = try configurations["cors"].map { document throws(S3Error) in try CORSConfiguration(document: document) }
        encryption = try configurations["encryption"].map { document throws(S3Error) in
            try EncryptionConfiguration(document: document)
        }
        lock = try configurations["object-lock"].map { document throws(S3Error) in
            try ObjectLockConfiguration(document: document)
        }
        acl =
            try configurations["acl"].map { document throws(S3Error) in
                try AccessControlList(document: document, among: nil)
            } ?? .initial(owner: Account(id: bucket.owner).canonicalID)
        ownership = try configurations["ownershipControls"].map { document throws(S3Error) in
            try ObjectOwnership(document: document)
        }
        var block = PublicAccessBlock.none
        for document in [configurations, account].compactMap({ $0["publicAccessBlock"] }) {
            block = block.union(try PublicAccessBlock(document: document))
        }
        publicAccessBlock = block
        hasPublicPolicy = policy?.isPublic ?? false
    }
}

/// The buckets that were asked for lately. Whoever changes one calls ``invalidate(_:)`` when the change is durable.
final class BucketCache: Sendable {
    private let store: ObjectStore
    private let log: Log
    private let cache = Mutex(Cache())
    private static let limit = 10_000

    private struct Cache {
        var states: [BucketName: BucketState] = [:]
        /// Counts the invalidations, so that what was read before one is not kept after it.
        var generation = 0
    }

    init(store: ObjectStore, log: Log) {
        self.store = store
        self.log = log
    }

    /// - Returns: nil if there is no such bucket.
    func state(of name: BucketName) throws(S3Error) -> BucketState? {
        let (known, generation) = cache.withLock { ($0.states[name], $0.generation) }
        if let known { return known }
        let state = try askStore { () throws(StorageError) in
            try store.bucket(named: name).map { bucket throws(StorageError) in
                (bucket, try store.configurations(of: bucket), try store.accountConfigurations()[bucket.owner] ?? [:])
            }
        }.map { found throws(S3Error) in try BucketState(found.0, configurations: found.1, account: found.2) }
        guard let state else { return nil }
        if state.isShut {
            log.warning("the policy of bucket \(name) cannot be read: only the root has access until it puts another")
        }
        cache.withLock { cache in
            guard cache.generation == generation else { return }
            if cache.states.count >= Self.limit { cache.states.removeAll() }
            cache.states[name] = state
        }
        return state
    }

    /// After a change that concerns all buckets of an account.
    func invalidateAll() {
        cache.withLock { cache in
            cache.states.removeAll()
            cache.generation += 1
        }
    }

    func invalidate(_ name: BucketName) {
        cache.withLock { cache in
            cache.states[name] = nil
            cache.generation += 1
        }
    }
}
