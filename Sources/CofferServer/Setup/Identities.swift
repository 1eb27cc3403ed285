import CofferAccess
import CofferCrypto
import CofferModel
import CofferSigning
import CofferStorage
import Synchronization

/// Who there is and what they may do, compiled and in memory: what every request is asked against.
///
/// A change is durable first, and then takes the place of all that was known, at once; a request sees either.
final class Identities: Sendable {
    let account: Account
    let root: KeyPair
    let sessions: SessionTokens
    let uses: KeyUses
    private let store: ObjectStore
    private let current: Mutex<IdentitySnapshot>

    /// - Throws: a sentence if the store cannot be read.
    init(account: Account, root: KeyPair, store: ObjectStore) throws(ServerError) {
        self.account = account
        self.root = root
        self.store = store
        sessions = SessionTokens(box: store.secrets.derived(for: "session tokens"))
        uses = KeyUses(store: store)
        let directory = try translated { () throws(StorageError) in try store.iam() }
        current = Mutex(IdentitySnapshot(directory, account: account, root: root))
    }

    /// Users, groups, roles and policies, as they are now.
    var directory: IAMDirectory { snapshot.directory }

    var snapshot: IdentitySnapshot { current.withLock { $0 } }

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
        guard session.claims.accessKeyID == accessKeyID, snapshot.identity(of: session) != nil else {
            throw S3Error(.invalidToken)
        }
        guard !session.isExpired(at: .now()) else { throw S3Error(.expiredToken) }
        return session.claims.secret
    }

    /// Whoever signed a request, which is noted as a use of the key.
    ///
    /// - Parameter service: `s3`, `iam` or `sts`.
    func identity(of authentication: Authentication, for service: String) throws(S3Error) -> Identity {
        guard let accessKeyID = authentication.accessKeyID else { return .anonymous }
        if let token = authentication.sessionToken {
            guard let identity = snapshot.identity(of: try sessions.open(token)) else { throw S3Error(.invalidToken) }
            return identity
        }
        // A key that went between the check of the signature and now.
        guard let identity = current.withLock({ $0.keys[accessKeyID]?.identity }) else {
            throw S3Error(.invalidAccessKeyId, details: [("AWSAccessKeyId", accessKeyID)])
        }
        uses.note(accessKeyID, service: service, region: authentication.region ?? "us-east-1")
        return identity
    }

    // MARK: Changes

    /// Changes the directory by a function of it; the change is durable and in force when this returns.
    func change<Value: Sendable>(
        _ change: @escaping @Sendable (inout IAMDirectory) throws(S3Error) -> Value
    ) async throws(S3Error) -> Value {
        let (value, directory) = try await awaitStore { () async throws(StorageError) in
            try await store.changeIAM(change)
        }
        let before = snapshot
        let after = IdentitySnapshot(directory, account: account, root: root, before: before)
        current.withLock { current in
            // Of changes that end at once, the last one stays.
            if current.directory.revision < directory.revision { current = after }
        }
        return value
    }
}
