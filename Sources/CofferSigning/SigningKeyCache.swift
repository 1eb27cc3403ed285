import CofferCrypto
import Synchronization

/// A cache of derived signing keys: a scope is valid for a day, and deriving a key takes four HMACs.
final class SigningKeyCache: Sendable {
    private struct Entry: Hashable {
        let secret: String
        let scope: CredentialScope
    }

    private let keys = Mutex<[Entry: HMACKey]>([:])
    private static let limit = 1024

    func key(secret: String, scope: CredentialScope) -> HMACKey {
        keys.withLock { $0[Entry(secret: secret, scope: scope)] } ?? scope.signingKey(secret: secret)
    }

    /// Caches a key after it has verified a signature: scopes of unverified requests would evict the useful ones.
    func keep(_ key: HMACKey, secret: String, scope: CredentialScope) {
        let entry = Entry(secret: secret, scope: scope)
        keys.withLock { keys in
            guard keys[entry] == nil else { return }
            if keys.count >= Self.limit { keys.removeAll() }
            keys[entry] = key
        }
    }
}
