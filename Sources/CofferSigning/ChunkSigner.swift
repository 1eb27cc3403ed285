import CofferCrypto

/// The chain of signatures of an aws-chunked body: each covers its chunk and the previous signature.
///
/// Source: S3 API Reference, "Signature Calculations for the Authorization Header: Transferring Payload in Multiple
/// Chunks", and the same "… Including trailing headers".
package struct ChunkSigner: Sendable {
    private let key: HMACKey
    private let date: String
    private let scope: CredentialScope
    private var previous: String

    init(key: HMACKey, date: String, scope: CredentialScope, seedSignature: String) {
        self.key = key
        self.date = date
        self.scope = scope
        previous = seedSignature
    }

    /// Returns the signature of the next chunk, given the SHA-256 of its bytes.
    package mutating func signature(chunkHash: [UInt8]) -> String {
        sign("AWS4-HMAC-SHA256-PAYLOAD", [Self.emptyHash, hex(chunkHash)])
    }

    /// Returns the signature of the trailing headers, given in canonical form: `name:value\n` each.
    package mutating func signature(trailer: String) -> String {
        sign("AWS4-HMAC-SHA256-TRAILER", [hex(SHA256.digest(Array(trailer.utf8)))])
    }

    private static let emptyHash = hex(SHA256.digest([]))

    private mutating func sign(_ kind: String, _ hashes: [String]) -> String {
        let stringToSign = ([kind, date, scope.description, previous] + hashes).joined(separator: "\n")
        previous = SignatureV4.signature(of: stringToSign, key: key)
        return previous
    }
}
