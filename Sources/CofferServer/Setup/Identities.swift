import CofferAccess
import CofferModel
import CofferStorage
import Synchronization

/// A principal with the policies attached to it.
struct Identity: Sendable {
    let principal: Principal
    let policies: [Policy]

    static let anonymous = Identity(principal: .anonymous, policies: [])
}

/// The access keys that are known, each with its secret and whom it stands for.
final class Identities: Sendable {
    private let account: Account
    private let keys = Mutex<[String: Key]>([:])

    private struct Key {
        let secret: String
        let identity: Identity
    }

    init(account: Account) { self.account = account }

    /// Replaces everything that is known.
    ///
    /// - Throws: a sentence if a user has a policy that the server does not know.
    func load(root: KeyPair, users: [CofferStorage.User]) throws(ServerError) {
        var keys: [String: Key] = [:]
        for user in users {
            var policies: [Policy] = []
            for name in user.policies {
                guard let managed = ManagedPolicy(rawValue: name) else {
                    throw ServerError("the user \(user.name) has the unknown policy \(name)")
                }
                policies.append(managed.policy)
            }
            let identity = Identity(principal: .user(name: user.name, account), policies: policies)
            for key in user.accessKeys { keys[key.id] = Key(secret: key.secret, identity: identity) }
        }
        keys[root.accessKeyID] = Key(
            secret: root.secretAccessKey, identity: Identity(principal: .root(account), policies: []))
        self.keys.withLock { $0 = keys }
    }

    func secret(of accessKeyID: String) -> String? {
        keys.withLock { $0[accessKeyID]?.secret }
    }

    func identity(of accessKeyID: String?) -> Identity {
        guard let accessKeyID else { return .anonymous }
        return keys.withLock { $0[accessKeyID]?.identity } ?? .anonymous
    }
}
