import COpenSSL

/// A running SHA-256 digest that can be copied and needs no memory of its own, for digests of short texts such as those
/// of signatures: ``Digest`` allocates memory in libcrypto for each digest.
package struct SHA256: Sendable {
    static let blockByteCount = Int(SHA256_CBLOCK)

    private var state = SHA256_CTX()

    package init() { SHA256_Init(&state) }

    /// Creates a digest of bytes that more will follow.
    init(beginning bytes: [UInt8]) {
        self.init()
        update(bytes)
    }

    package mutating func update(_ bytes: [UInt8]) { SHA256_Update(&state, bytes, bytes.count) }

    /// Returns the digest, 32 bytes.
    package consuming func finalize() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Int(SHA256_DIGEST_LENGTH)) { buffer, count in
            SHA256_Final(buffer.baseAddress, &state)
            count = Int(SHA256_DIGEST_LENGTH)
        }
    }

    /// Returns the digest of bytes that are all in memory.
    package static func digest(_ bytes: [UInt8]) -> [UInt8] { SHA256(beginning: bytes).finalize() }
}
