import COpenSSL

/// Keyed-hash message authentication codes (RFC 2104).
package enum HMAC {
    /// Returns the HMAC-SHA256, 32 bytes; Signature Version 4 is built on it.
    package static func sha256(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        code(EVP_sha256(), key: key, message)
    }

    /// Returns the HMAC-SHA1, 20 bytes; Signature Version 2 is built on it.
    package static func sha1(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        code(EVP_sha1(), key: key, message)
    }

    private static func code(_ algorithm: OpaquePointer?, key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { buffer, count in
            var length: UInt32 = 0
            let result = COpenSSL.HMAC(
                algorithm, key, Int32(key.count), message, message.count, buffer.baseAddress, &length)
            precondition(result != nil, "libcrypto cannot compute an HMAC")
            count = Int(length)
        }
    }
}
