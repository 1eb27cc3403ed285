import CofferCrypto
import CofferModel
import Synchronization

/// The credentials of recent `Authorization` headers whose signatures were valid. A client sends the same text for a
/// whole day, except for the signature at its end.
final class KnownCredentials: Sendable {
    /// What such a text says, and the signing key that it was verified with.
    final class Entry: Sendable {
        let accessKeyID: String
        let scope: CredentialScope
        let signedHeaders: [String]
        /// The secret that ``key`` was derived from. The access key's secret may have changed since.
        let secret: String
        let key: HMACKey

        init(_ signature: SignatureV4, secret: String, key: HMACKey) {
            accessKeyID = signature.accessKeyID
            scope = signature.scope
            signedHeaders = signature.signedHeaders
            self.secret = secret
            self.key = key
        }
    }

    /// A header that ends with `Signature=` and the 64 digits of a signature, as clients write it.
    struct Text {
        /// Everything before the signature.
        let credentials: String
        let signature: String

        init?(_ authorization: String) {
            let bytes = authorization.utf8Span.span
            let end = bytes.count - 64
            let name: StaticString = "Signature="
            let start = end - name.utf8CodeUnitCount
            guard start > 0, end <= KnownCredentials.textByteCount, bytes.starts(with: name, in: start..<end) else {
                return nil
            }
            credentials = bytes.text(0..<end)
            signature = bytes.text(end..<bytes.count)
        }
    }

    private let entries = Mutex<[String: Entry]>([:])
    private static let limit = 1024
    fileprivate static let textByteCount = 1024

    func entry(_ text: String) -> Entry? { entries.withLock { $0[text] } }

    /// Remembers credentials after they have verified a signature: those of other requests would evict the useful ones.
    func keep(_ entry: Entry, for text: String) {
        entries.withLock { entries in
            if entries.count >= Self.limit { entries.removeAll() }
            entries[text] = entry
        }
    }
}
