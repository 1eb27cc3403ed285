/// Seals short secrets under one long-lived key. Each secret is encrypted by AES-256-GCM under its own key, which is
/// derived from the long-lived key and a random salt (HMAC-SHA-256).
///
/// A sealed secret is the salt of 16 bytes, the encrypted secret, and its tag of 16 bytes. No two secrets share a key,
/// so no nonce can be reused.
package struct SecretBox: Sendable {
    package static let keyByteCount = 32
    private static let saltByteCount = 16
    private let key: [UInt8]

    /// - Parameter key: 32 bytes.
    package init(key: [UInt8]) {
        precondition(key.count == Self.keyByteCount, "the key of a secret box has 32 bytes")
        self.key = key
    }

    /// Returns a box with a derived key, so that a secret sealed for one purpose never opens for another.
    package func derived(for purpose: String) -> SecretBox {
        SecretBox(key: HMAC.sha256(key: key, Array("purpose:\(purpose)".utf8)))
    }

    /// - Parameter context: what the secret belongs to; it opens only in the same context.
    package func seal(_ secret: [UInt8], for context: String) -> [UInt8] {
        let salt = randomBytes(Self.saltByteCount)
        var cipher = ChunkCipher(key: key(salt: salt, context))
        return salt + cipher.seal(secret.span, index: 0)
    }

    /// - Returns: nil if it was sealed under another key or for another context, was changed, or is not a sealed
    ///   secret.
    package func open(_ sealed: [UInt8], for context: String) -> [UInt8]? {
        let byteCount = sealed.count - Self.saltByteCount - ChunkCipher.tagByteCount
        guard (0...ChunkCipher.chunkByteCount).contains(byteCount) else { return nil }
        var cipher = ChunkCipher(key: key(salt: Array(sealed.prefix(Self.saltByteCount)), context))
        var isOpened = false
        let secret = [UInt8](capacity: byteCount) { output in
            isOpened = cipher.open(sealed.span.extracting(droppingFirst: Self.saltByteCount), index: 0, into: &output)
        }
        return isOpened ? secret : nil
    }

    /// Returns an authentication code of a text, which only this box can compute.
    package func code(of text: String) -> [UInt8] { HMAC.sha256(key: key, Array("code:\(text)".utf8)) }

    private func key(salt: [UInt8], _ context: String) -> [UInt8] {
        HMAC.sha256(key: key, salt + Array(context.utf8))
    }
}
