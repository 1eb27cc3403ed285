import COpenSSL

/// Encrypts keys under another key: AES-256 key wrap with the default initial value (RFC 3394).
///
/// The wrapped form is 8 bytes longer than the key; unwrapping verifies its integrity and the wrapping key.
package enum KeyWrap {
    private static let keyEncryptionKeyByteCount = 32
    private static let blockByteCount = 8

    /// - Parameter key: at least 16 bytes, a multiple of 8.
    package static func wrap(_ key: [UInt8], with keyEncryptionKey: [UInt8]) -> [UInt8] {
        precondition(isWrappable(byteCount: key.count), "the length of the key can be wrapped")
        guard let wrapped = transform(key, with: keyEncryptionKey, isWrapping: true) else {
            fatalError("libcrypto cannot wrap a key")
        }
        return wrapped
    }

    /// - Returns: the key; nil if it was wrapped with another key, was changed, or is not a wrapped key at all.
    package static func unwrap(_ wrapped: [UInt8], with keyEncryptionKey: [UInt8]) -> [UInt8]? {
        guard isWrappable(byteCount: wrapped.count - blockByteCount) else { return nil }
        return transform(wrapped, with: keyEncryptionKey, isWrapping: false)
    }

    private static func isWrappable(byteCount: Int) -> Bool {
        byteCount >= 2 * blockByteCount && byteCount % blockByteCount == 0
    }

    private static func transform(_ input: [UInt8], with key: [UInt8], isWrapping: Bool) -> [UInt8]? {
        precondition(key.count == keyEncryptionKeyByteCount, "a key-encryption key has 32 bytes")
        guard let context = EVP_CIPHER_CTX_new() else { fatalError("there is no memory for a cipher") }
        defer { EVP_CIPHER_CTX_free(context) }
        EVP_CIPHER_CTX_set_flags(context, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW)
        guard EVP_CipherInit_ex2(context, cipher, key, nil, isWrapping ? 1 : 0, nil) == 1 else {
            fatalError("libcrypto cannot start a key wrap")
        }
        let outputByteCount = isWrapping ? input.count + blockByteCount : input.count - blockByteCount
        var written: Int32 = 0
        // Leaves room for the input's length as well: libcrypto may use it while unwrapping.
        let output = [UInt8](unsafeUninitializedCapacity: max(input.count, outputByteCount)) { buffer, count in
            let status = EVP_CipherUpdate(context, buffer.baseAddress, &written, input, Int32(input.count))
            count = status == 1 && Int(written) == outputByteCount ? outputByteCount : 0
        }
        return output.isEmpty ? nil : output
    }

    // Immutable after the fetch, and libcrypto's algorithm objects may be used from any thread.
    private nonisolated(unsafe) static let cipher: OpaquePointer = {
        guard let cipher = EVP_CIPHER_fetch(nil, "AES-256-WRAP", nil) else { fatalError("libcrypto has no key wrap") }
        return cipher
    }()
}
