import CofferAccess
package import CofferModel
package import CofferService
package import CofferStorage
import Synchronization

/// A cache of recently used buckets. Code that changes a bucket calls `invalidate(_:)` when the change is durable;
/// changes by other processes show in the revision of the catalog's buckets.
package final class BucketCache: Sendable {
    private let store: ObjectStore
    private let log: Log
    private let cache = Mutex(Cache())
    private static let limit = 10_000

    private struct Cache {
        var states: [BucketName: BucketState] = [:]
        /// The faults that were already logged, by bucket.
        var warned: [BucketName: [String: String]] = [:]
        /// Counts the invalidations, so that a state read before an invalidation is not cached after it.
        var generation = 0
        /// The catalog's revision of buckets that the states are of; nil if only this process changes buckets.
        var revision: Int64?

        mutating func removeAll() {
            states.removeAll()
            generation += 1
        }
    }

    package init(store: ObjectStore, log: Log) {
        self.store = store
        self.log = log
    }

    /// - Returns: nil if there is no such bucket.
    package func state(of name: BucketName) async throws(S3Error) -> BucketState? {
        let revision = store.isShared ? try await sharedRevision() : nil
        let (known, generation) = cache.withLock { cache in
            if cache.revision != revision { cache.removeAll() }
            cache.revision = revision
            return (cache.states[name], cache.generation)
        }
        if let known { return known }
        return try await readAndKeep(name, generation)
    }

    @inline(never)
    private func readAndKeep(_ name: BucketName, _ generation: Int) async throws(S3Error) -> BucketState? {
        guard let state = try await read(name) else { return nil }
        let isNews = cache.withLock { cache in
            if cache.generation == generation {
                if cache.states.count >= Self.limit { cache.states.removeAll() }
                cache.states[name] = state
            }
            let warned = cache.warned[name] ?? [:]
            if cache.warned.count >= Self.limit { cache.warned.removeAll() }
            cache.warned[name] = state.faults.isEmpty ? nil : state.faults
            return !state.faults.isEmpty && state.faults != warned
        }
        if isNews { warn(of: state) }
        return state
    }

    private func sharedRevision() async throws(S3Error) -> Int64? {
        try await mappingAsyncStorageErrors { () async throws(StorageError) in
            try await store.sharedRevision(of: .buckets)
        }
    }

    /// Returns a bucket that is in the cache.
    package func known(_ name: BucketName) -> BucketState? { cache.withLock { $0.states[name] } }

    private func read(_ name: BucketName) async throws(S3Error) -> BucketState? {
        try await mappingAsyncStorageErrors { () async throws(StorageError) in
            guard let bucket = try await store.bucket(named: name) else { return nil }
            let account = try await store.accountConfigurations()[bucket.owner] ?? [:]
            return BucketState(bucket, configurations: try await store.configurations(of: bucket), account: account)
        }
    }

    /// Invalidates every bucket, after a change that affects all buckets of an account.
    func invalidateAll() { cache.withLock { $0.removeAll() } }

    private func warn(of state: BucketState) {
        for (kind, reason) in state.faults.sorted(by: { $0.key < $1.key }) {
            let effect = Self.effects[kind] ?? "requests that it may forbid are refused"
            log.warning(
                "the \(kind) configuration of bucket \(state.bucket.name) cannot be read (\(reason)): \(effect) until "
                    + "it is replaced")
        }
    }

    /// The effect of an unreadable document, by its kind.
    private static let effects = [
        "policy": "only the root has access", "cors": "no other origin has access", "acl": "it is private",
        "ownershipControls": "ACLs are disabled", "publicAccessBlock": "all public access is blocked",
        BucketState.accountsBlock: "all public access is blocked",
        "encryption": "objects whose requests specify no encryption, or SSE-C, are refused",
        "object-lock": "objects whose requests specify no retention are refused",
    ]

    func invalidate(_ name: BucketName) {
        cache.withLock { cache in
            cache.states[name] = nil
            cache.generation += 1
        }
    }
}
