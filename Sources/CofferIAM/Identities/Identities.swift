package import CofferAccess
package import CofferCrypto
package import CofferModel
package import CofferService
package import CofferSigning
package import CofferStorage
package import CofferSystem
import Synchronization

/// The users, roles and policies of all accounts, compiled and in memory, against which every request is checked.
///
/// A change is first made durable and then replaces the account's previous state at once, so that a request sees either
/// the old state or the new one. Changes by other processes show in the catalog's revision: see ``refresh()``.
package final class Identities: Sendable {
    let sessions: SessionTokens
    package let uses: AccessKeyLastUsed
    private let store: ObjectStore
    let clock: ServiceClock
    private let current: Mutex<State>
    /// The catalog's revision of identities that was read last; nil if only this process changes them.
    private let revision = Mutex<Int64?>(nil)

    /// - Throws: `ServerError` if the store cannot be read, or if two accounts share an access key.
    package init(_ accounts: [ServedAccount], store: ObjectStore, clock: ServiceClock) async throws(ServerError) {
        self.store = store
        self.clock = clock
        sessions = SessionTokens(box: store.secrets.derived(for: "session tokens"))
        uses = AccessKeyLastUsed(store: store, clock: clock)
        current = Mutex(try await State(accounts, store))
    }

    /// The accounts that exist.
    package var accounts: Accounts { current.withLock { $0.accounts } }

    /// The state of all accounts at one time.
    private struct State {
        let accounts: Accounts
        /// By account id, like the snapshots.
        let roots: [String: RootKey]
        private(set) var snapshots: [String: IdentitySnapshot] = [:]
        /// The active access keys of all accounts.
        private(set) var keys: [String: IdentitySnapshot.Key] = [:]

        init(_ accounts: [ServedAccount], _ store: ObjectStore) async throws(ServerError) {
            self.accounts = Accounts(accounts)
            let roots = accounts.compactMap { account in
                account.rootKeys.map { (account.id, RootKey($0, store.secrets)) }
            }
            self.roots = Dictionary(uniqueKeysWithValues: roots)
            let rootIDs = Set(roots.map(\.1.pair.accessKeyID))
            let directories = try await translated { () async throws(StorageError) in try await store.iam() }
            for (id, directory) in directories {
                try Self.checkUsers(of: directory, haveNone: rootIDs)
                var snapshot = IdentitySnapshot(directory, account: Account(id: id))
                snapshot.use(self.roots[id])
                if let key = snapshot.keys.keys.first(where: { keys[$0] != nil }) {
                    throw ServerError("the access key \(key) belongs to two accounts")
                }
                put(snapshot)
            }
        }

        /// Refuses a user's access key that is also a root's key, since it would make the user the root.
        private static func checkUsers(of directory: IAMDirectory, haveNone rootIDs: Set<String>) throws(ServerError) {
            for user in directory.users.values {
                guard let key = user.accessKeys.first(where: { rootIDs.contains($0.id) }) else { continue }
                throw ServerError(
                    "the access key \(key.id) belongs to the user \(user.name): give the root its own. If it comes from "
                        + "AWS_ACCESS_KEY_ID, that variable may be set for a client")
            }
        }

        /// Replaces the account's snapshot, unless the current one reflects a later change.
        mutating func put(_ snapshot: IdentitySnapshot) {
            let id = snapshot.account.id
            let former = snapshots[id]
            guard former.map({ $0.directory.revision < snapshot.directory.revision }) ?? true else { return }
            for key in former?.keys.keys.map({ $0 }) ?? [] { keys[key] = nil }
            var snapshot = snapshot
            snapshot.use(roots[id])
            keys.merge(snapshot.keys) { _, new in new }
            snapshots[id] = snapshot
        }
    }

    /// Returns an account's current users, groups, roles and policies; nil if there is no such account.
    package func snapshot(ofAccount id: String) -> IdentitySnapshot? { current.withLock { $0.snapshots[id] } }

    /// The policies that cannot be read, as sentences for the operator.
    package var faults: [String] { current.withLock { $0.snapshots.values.flatMap(\.faults) }.sorted() }

    /// Returns the user or role with a unique id; nil if there is none.
    package func holder(id: String) -> (entity: any IAMEntity, account: Account)? {
        let snapshots = current.withLock { Array($0.snapshots.values) }
        return snapshots.lazy.compactMap { snapshot in snapshot.holder(id: id).map { ($0, snapshot.account) } }.first
    }

    /// Returns the root key of an account; nil if it has none.
    func root(ofAccount id: String) -> RootKey? { current.withLock { $0.roots[id] } }

    // MARK: Credentials

    /// Returns the secret of an access key; nil if the key does not exist or is not active.
    package func secret(of accessKeyID: String) -> String? {
        current.withLock { $0.keys[accessKeyID]?.secret }
    }

    /// Returns the secret of temporary credentials.
    ///
    /// - Throws: `InvalidToken` for a token that this server did not create, that belongs to another access key, or
    ///   whose user or role no longer exists; `ExpiredToken`.
    package func secret(of accessKeyID: String, sessionToken: String) throws(S3Error) -> String {
        let session = try sessions.open(sessionToken)
        guard session.claims.accessKeyID == accessKeyID, identity(of: session) != nil else {
            throw S3Error(.invalidToken)
        }
        guard !session.isExpired(at: clock.time) else { throw S3Error(.expiredToken) }
        return session.claims.secret
    }

    /// Returns the identity that signed a request, and notes the use of its key, or of the role whose session it is.
    ///
    /// - Parameter service: `s3`, `iam` or `sts`.
    package func identity(of authentication: Authentication, for service: String) throws(S3Error) -> Identity {
        guard let accessKeyID = authentication.accessKeyID else { return .anonymous }
        if let token = authentication.sessionToken {
            let session = try sessions.open(token)
            guard let identity = identity(of: session) else { throw S3Error(.invalidToken) }
            if session.claims.kind == .role {
                uses.note(session.claims.holderID, service: service, region: authentication.region ?? "us-east-1")
            }
            return identity
        }
        // The key may have been removed since its signature was verified.
        guard let identity = current.withLock({ $0.keys[accessKeyID]?.identity }) else {
            throw S3Error(.invalidAccessKeyId, details: [("AWSAccessKeyId", accessKeyID)])
        }
        uses.note(accessKeyID, service: service, region: authentication.region ?? "us-east-1")
        return identity
    }

    private func identity(of session: Session) -> Identity? {
        snapshot(ofAccount: session.claims.accountID)?.identity(of: session)
    }

    /// Returns whether a user of an account, or its root, has an access key, active or not.
    func hasKey(_ accessKeyID: String, inAccount id: String) -> Bool {
        guard let snapshot = snapshot(ofAccount: id) else { return false }
        return snapshot.keys[accessKeyID] != nil
            || snapshot.directory.users.values.contains { $0.accessKeys.contains { $0.id == accessKeyID } }
    }

    /// Returns the id of the account that an access key belongs to; nil if the key does not exist or is not active.
    func account(ofKey accessKeyID: String) -> String? {
        current.withLock { $0.keys[accessKeyID]?.identity.principal.account?.id }
    }

    // MARK: Changes

    /// Changes an account's directory with a closure. The change is durable and in effect when this returns.
    package func change<Value: Sendable>(
        ofAccount id: String, _ change: @escaping @Sendable (inout IAMDirectory) throws(S3Error) -> Value
    ) async throws(S3Error) -> Value {
        let (value, directory) = try await mappingAsyncStorageErrors { () async throws(StorageError) in
            try await store.changeIAM(of: id, change)
        }
        let after = IdentitySnapshot(directory, account: Account(id: id), before: snapshot(ofAccount: id))
        // If several changes finish at the same time, the latest one stays.
        current.withLock { $0.put(after) }
        return value
    }

    /// Reads the users, roles and policies again if another process has changed them.
    package func refresh() async throws(S3Error) {
        guard store.isShared else { return }
        let latest = try await mappingAsyncStorageErrors { () async throws(StorageError) in
            try await store.sharedRevision(of: .identities)
        }
        guard let latest, revision.withLock({ $0 }) != latest else { return }
        let directories = try await mappingAsyncStorageErrors { () async throws(StorageError) in
            try await store.iam()
        }
        current.withLock { current in
            for (id, directory) in directories {
                let account = Account(id: id)
                current.put(IdentitySnapshot(directory, account: account, before: current.snapshots[id]))
            }
        }
        revision.withLock { $0 = max($0 ?? latest, latest) }
    }

    /// Replaces the accounts, and the access keys of their roots.
    ///
    /// - Throws: the errors of the initialiser, in which case nothing changes.
    package func replace(accounts: [ServedAccount]) async throws(ServerError) {
        let read = try await State(accounts, store)
        current.withLock { current in
            var state = read
            // Some changes may have become durable while the store was read.
            for snapshot in current.snapshots.values { state.put(snapshot) }
            current = state
        }
    }
}

/// The access key of an account's root.
struct RootKey: Sendable {
    let pair: KeyPair
    /// An identifier of the pair that does not reveal the secret. It differs for the same key id with another secret.
    let mark: String

    init(_ pair: KeyPair, _ secrets: SecretBox) {
        self.pair = pair
        mark = pair.mark(secrets)
    }
}

extension KeyPair {
    /// Returns a text that can be stored to recognize the pair later.
    package func mark(_ secrets: SecretBox) -> String { "\(accessKeyID) \(base64(secrets.code(of: secretAccessKey)))" }
}
