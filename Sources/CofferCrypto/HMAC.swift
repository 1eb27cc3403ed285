import COpenSSL

/// Keyed-hash message authentication codes (RFC 2104).
package enum HMAC {
    /// Returns the HMAC-SHA256, 32 bytes; Signature Version 4 is built on it.
    package static func sha256(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        HMACKey(key).code(of: message)
    }

    /// Returns the HMAC-SHA1, 20 bytes; Signature Version 2 is built on it.
    package static func sha1(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { buffer, count in
            var length: UInt32 = 0
            let result = COpenSSL.HMAC(
                EVP_sha1(), key, Int32(key.count), message, message.count, buffer.baseAddress, &length)
            precondition(result != nil, "libcrypto cannot compute an HMAC")
            count = Int(length)
        }
    }
}

/// A key of HMAC-SHA256. What depends only on the key is computed once, so that a message costs two digests and nothing
/// else; libcrypto's own HMAC looks its algorithm up for each message.
package struct HMACKey: Sendable {
    private let inner: SHA256
    private let outer: SHA256

    package init(_ key: [UInt8]) {
        let key = key.count > SHA256.blockByteCount ? SHA256.digest(key) : key
        let padding = [UInt8](repeating: 0, count: SHA256.blockByteCount - key.count)
        inner = SHA256(beginning: (key + padding).map { $0 ^ 0x36 })
        outer = SHA256(beginning: (key + padding).map { $0 ^ 0x5c })
    }

    /// Returns the code of a message, 32 bytes.
    package func code(of message: [UInt8]) -> [UInt8] {
        var inner = inner
        inner.update(message)
        var outer = outer
        outer.update(inner.finalize())
        return outer.finalize()
    }
}
