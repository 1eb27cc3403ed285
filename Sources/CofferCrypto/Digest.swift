import COpenSSL

/// A running message digest, fed in pieces and finished once.
///
/// - Important: The result is the digest's raw bytes (MD5 16, SHA-1 20, SHA-256 32, SHA-512 64).
package struct Digest: ~Copyable {
    private let context: OpaquePointer

    package init(_ algorithm: DigestAlgorithm) {
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, algorithm.implementation, nil) == 1 else {
            fatalError("libcrypto cannot start \(algorithm)")
        }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    package mutating func update(_ bytes: Span<UInt8>) {
        let status = bytes.withUnsafeBufferPointer { EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
        precondition(status == 1, "libcrypto cannot continue a digest")
    }

    package consuming func finalize() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { buffer, count in
            var length: UInt32 = 0
            precondition(EVP_DigestFinal_ex(context, buffer.baseAddress, &length) == 1, "libcrypto cannot end a digest")
            count = Int(length)
        }
    }

    /// Returns the digest of bytes that are all in memory.
    package static func of(_ bytes: [UInt8], _ algorithm: DigestAlgorithm) -> [UInt8] {
        var digest = Digest(algorithm)
        digest.update(bytes.span)
        return digest.finalize()
    }
}

package enum DigestAlgorithm: Sendable {
    case md5, sha1, sha256, sha512

    /// Fetched once: looking an algorithm up by name costs more than hashing a small body.
    fileprivate var implementation: OpaquePointer {
        switch self {
        case .md5: Implementations.md5
        case .sha1: Implementations.sha1
        case .sha256: Implementations.sha256
        case .sha512: Implementations.sha512
        }
    }

    private enum Implementations {
        // Immutable after the fetch, and libcrypto's algorithm objects may be used from any thread.
        nonisolated(unsafe) static let md5 = fetch("MD5")
        nonisolated(unsafe) static let sha1 = fetch("SHA1")
        nonisolated(unsafe) static let sha256 = fetch("SHA256")
        nonisolated(unsafe) static let sha512 = fetch("SHA512")

        private static func fetch(_ name: String) -> OpaquePointer {
            guard let algorithm = EVP_MD_fetch(nil, name, nil) else { fatalError("libcrypto has no \(name)") }
            return algorithm
        }
    }
}
