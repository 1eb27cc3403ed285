import CofferAccess
import CofferCrypto
import CofferModel
import CofferSigning
import CofferStorage
import CofferSystem
import Synchronization

/// Who there is and what they may do, compiled and in memory: what every request is asked against.
///
/// A change is durable first, and then takes the place of all that was known, at once; a request sees either.
final class Identities: Sendable {
    let sessions: SessionTokens
    let uses: AccessKeyLastUsed
    private let store: ObjectStore
    let clock: ServiceClock
    private let current: Mutex<State>

    /// - Throws: a sentence if the store cannot be read, or if two accounts have one access key.
    init(_ accounts: [ServedAccount], store: ObjectStore, clock: ServiceClock) throws(ServerError) {
        self.store = store
        self.clock = clock
        sessions = SessionTokens(box: store.secrets.derived(for: "session tokens"))
        uses = AccessKeyLastUsed(store: store, clock: clock)
        current = Mutex(try State(accounts, store))
    }

    /// The accounts there are.
    var accounts: Accounts { current.withLock { $0.accounts } }

    /// All accounts at one moment.
    private struct State {
        let accounts: Accounts
        /// By the accounts' ids, as all that follows.
        let roots: [String: RootKey]
        private(set) var snapshots: [String: IdentitySnapshot] = [:]
        /// Active access keys of all of them.
        private(set) var keys: [String: IdentitySnapshot.Key] = [:]

        init(_ accounts: [ServedAccount], _ store: ObjectStore) throws(ServerError) {
            self.accounts = Accounts(accounts)
            let roots = accounts.compactMap { account in
                account.rootKeys.map { (account.id, RootKey($0, store.secrets)) }
            }
            self.roots = Dictionary(uniqueKeysWithValues: roots)
            let rootIDs = Set(roots.map(\.1.pair.accessKeyID))
            let directories = try translated { () throws(StorageError) in try store.iam() }
            for (id, directory) in directories {
                try Self.checkUsers(of: directory, haveNone: rootIDs)
                var snapshot = IdentitySnapshot(directory, account: Account(id: id))
                snapshot.use(self.roots[id])
                if let key = snapshot.keys.keys.first(where: { keys[$0] != nil }) {
                    throw ServerError("the access key \(key) is of two accounts")
                }
                put(snapshot)
            }
        }

        /// Who has a user's key would be the root.
        private static func checkUsers(of directory: IAMDirectory, haveNone rootIDs: Set<String>) throws(ServerError) {
            for user in directory.users.values {
                guard let key = user.accessKeys.first(where: { rootIDs.contains($0.id) }) else { continue }
                throw ServerError(
                    "the access key \(key.id) is that of the user \(user.name): the root needs one of its own. Is it set "
                        + "for a client, in AWS_ACCESS_KEY_ID?")
            }
        }

        /// Takes a snapshot in the place of the account's former one, unless that is of a later change.
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

    /// Users, groups, roles and policies of an account, as they are now; nil if there is no such account.
    func snapshot(ofAccount id: String) -> IdentitySnapshot? { current.withLock { $0.snapshots[id] } }

    /// What cannot be read, as sentences for the operator.
    var faults: [String] { current.withLock { $0.snapshots.values.flatMap(\.faults) }.sorted() }

    /// The user or role that has a unique id; nil if there is none.
    func holder(id: String) -> (entity: any IAMEntity, account: Account)? {
        let snapshots = current.withLock { Array($0.snapshots.values) }
        return snapshots.lazy.compactMap { snapshot in snapshot.holder(id: id).map { ($0, snapshot.account) } }.first
    }

    /// The root key of an account; nil if it has none.
    func root(ofAccount id: String) -> RootKey? { current.withLock { $0.roots[id] } }

    // MARK: Credentials

    /// The secret of an access key that exists and is active.
    func secret(of accessKeyID: String) -> String? {
        current.withLock { $0.keys[accessKeyID]?.secret }
    }

    /// The secret of temporary credentials.
    ///
    /// - Throws: `InvalidToken` for a token that is another's or nobody's, or whose user or role is gone, `ExpiredToken`.
    func secret(of accessKeyID: String, sessionToken: String) throws(S3Error) -> String {
        let session = try sessions.open(sessionToken)
        guard session.claims.accessKeyID == accessKeyID, identity(of: session) != nil else {
            throw S3Error(.invalidToken)
        }
        guard !session.isExpired(at: clock.time) else { throw S3Error(.expiredToken) }
        return session.claims.secret
    }

    /// Whoever signed a request, which is noted as a use of the key, or of the role whose session it is.
    ///
    /// - Parameter service: `s3`, `iam` or `sts`.
    func identity(of authentication: Authentication, for service: String) throws(S3Error) -> Identity {
        guard let accessKeyID = authentication.accessKeyID else { return .anonymous }
        if let token = authentication.sessionToken {
            let session = try sessions.open(token)
            guard let identity = identity(of: session) else { throw S3Error(.invalidToken) }
            if session.claims.kind == .role {
                uses.note(session.claims.holderID, service: service, region: authentication.region ?? "us-east-1")
            }
            return identity
        }
        // A key that went between the check of the signature and now.
        guard let identity = current.withLock({ $0.keys[accessKeyID]?.identity }) else {
            throw S3Error(.invalidAccessKeyId, details: [("AWSAccessKeyId", accessKeyID)])
        }
        uses.note(accessKeyID, service: service, region: authentication.region ?? "us-east-1")
        return identity
    }

    private func identity(of session: Session) -> Identity? {
        snapshot(ofAccount: session.claims.accountID)?.identity(of: session)
    }

    /// Whether a user of an account, or its root, has an access key, active or not.
    func hasKey(_ accessKeyID: String, inAccount id: String) -> Bool {
        guard let snapshot = snapshot(ofAccount: id) else { return false }
        return snapshot.keys[accessKeyID] != nil
            || snapshot.directory.users.values.contains { $0.accessKeys.contains { $0.id == accessKeyID } }
    }

    /// The id of the account whose access key it is; nil for one that nobody has, or that is not active.
    func account(ofKey accessKeyID: String) -> String? {
        current.withLock { $0.keys[accessKeyID]?.identity.principal.account?.id }
    }

    // MARK: Changes

    /// Changes the directory of an account by a function of it; the change is durable and in force when this returns.
    func change<Value: Sendable>(
        ofAccount id: String, _ change: @escaping @Sendable (inout IAMDirectory) throws(S3Error) -> Value
    ) async throws(S3Error) -> Value {
        let (value, directory) = try await mappingAsyncStorageErrors { () async throws(StorageError) in
            try await store.changeIAM(of: id, change)
        }
        let after = IdentitySnapshot(directory, account: Account(id: id), before: snapshot(ofAccount: id))
        // Of changes that end at once, the last one stays.
        current.withLock { $0.put(after) }
        return value
    }

    /// Takes further accounts, and the access keys that the accounts' roots have now.
    ///
    /// - Throws: as the initialiser does; then nothing is changed.
    func replace(accounts: [ServedAccount]) throws(ServerError) {
        var state = try State(accounts, store)
        current.withLock { current in
            // Changes that became durable while the store was read.
            for snapshot in current.snapshots.values { state.put(snapshot) }
            current = state
        }
    }
}

/// The access key of an account's root.
struct RootKey: Sendable {
    let pair: KeyPair
    /// What tells it from any other, and from the same with another secret, without telling the secret.
    let mark: String

    init(_ pair: KeyPair, _ secrets: SecretBox) {
        self.pair = pair
        mark = pair.mark(secrets)
    }
}

extension KeyPair {
    /// What can be stored to know the pair again by.
    func mark(_ secrets: SecretBox) -> String { "\(accessKeyID) \(base64(secrets.code(of: secretAccessKey)))" }
}
