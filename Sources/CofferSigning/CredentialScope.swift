import CofferCrypto
import Synchronization

/// The credential scope of Signature Version 4: `20261123/us-east-1/s3/aws4_request`.
package struct CredentialScope: Hashable, Sendable, CustomStringConvertible {
    package let day: String
    package let region: String
    package let service: String

    package init(day: String, region: String, service: String = "s3") {
        self.day = day
        self.region = region
        self.service = service
    }

    package var description: String { "\(day)/\(region)/\(service)/aws4_request" }

    /// Derives the signing key for this scope.
    func signingKey(secret: String) -> [UInt8] {
        let dayKey = HMAC.sha256(key: Array("AWS4\(secret)".utf8), Array(day.utf8))
        let regionKey = HMAC.sha256(key: dayKey, Array(region.utf8))
        let serviceKey = HMAC.sha256(key: regionKey, Array(service.utf8))
        return HMAC.sha256(key: serviceKey, Array("aws4_request".utf8))
    }
}

/// A cache of derived signing keys: a scope is valid for a day, and deriving a key takes four HMACs.
final class SigningKeyCache: Sendable {
    private struct Entry: Hashable {
        let secret: String
        let scope: CredentialScope
    }

    private let keys = Mutex<[Entry: [UInt8]]>([:])
    private static let limit = 1024

    func key(secret: String, scope: CredentialScope) -> [UInt8] {
        keys.withLock { $0[Entry(secret: secret, scope: scope)] } ?? scope.signingKey(secret: secret)
    }

    /// Caches a key after it has verified a signature: scopes of unverified requests would evict the useful ones.
    func keep(_ key: [UInt8], secret: String, scope: CredentialScope) {
        let entry = Entry(secret: secret, scope: scope)
        keys.withLock { keys in
            guard keys[entry] == nil else { return }
            if keys.count >= Self.limit { keys.removeAll() }
            keys[entry] = key
        }
    }
}
