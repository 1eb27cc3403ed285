import COpenSSL

/// Encrypts one segment in chunks that can be read and authenticated individually: AES-256-GCM (NIST SP 800-38D).
///
/// A chunk is 64 KiB, except for the last, which may be shorter; a sealed chunk is followed by its tag of 16 bytes. The
/// nonce is the chunk's index in the segment. GCM breaks when a nonce is reused under one key, which cannot happen
/// here: a key is made for one segment, and a segment is written once, from its first byte to its last, and never
/// changed. A chunk moved to another index or segment does not open; truncation is detected from the segment's size.
package struct ChunkCipher: ~Copyable {
    package static let keyByteCount = 32
    package static let chunkByteCount = 64 << 10
    package static let tagByteCount = 16
    private static let nonceByteCount = 12

    private let context: OpaquePointer

    /// - Parameter key: 32 bytes, used for this segment only.
    package init(key: [UInt8]) {
        precondition(key.count == Self.keyByteCount, "the key of a segment has 32 bytes")
        guard let context = EVP_CIPHER_CTX_new(), EVP_EncryptInit_ex2(context, Self.cipher, key, nil, nil) == 1 else {
            fatalError("libcrypto cannot start a cipher")
        }
        self.context = context
    }

    deinit { EVP_CIPHER_CTX_free(context) }

    /// Returns the sealed length of bytes.
    package static func sealedByteCount(ofPlain byteCount: Int64) -> Int64 {
        let chunks = (byteCount + Int64(chunkByteCount) - 1) / Int64(chunkByteCount)
        return byteCount + chunks * Int64(tagByteCount)
    }

    /// - Parameter index: the chunk's index, which must be unique under this key.
    /// - Returns: the encrypted chunk, followed by its tag.
    package mutating func seal(_ plain: Span<UInt8>, index: Int64) -> [UInt8] {
        precondition(plain.count <= Self.chunkByteCount, "a chunk has at most 64 KiB")
        let sealedByteCount = plain.count + Self.tagByteCount
        return [UInt8](unsafeUninitializedCapacity: sealedByteCount) { buffer, count in
            let tag = buffer.baseAddress.map { $0 + plain.count }
            let isSealed = plain.withUnsafeBufferPointer {
                start(index: index, isSealing: true) && transform($0, into: buffer.baseAddress) && finish(tag)
                    && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagByteCount), tag) == 1
            }
            precondition(isSealed, "libcrypto cannot encrypt a chunk")
            count = sealedByteCount
        }
    }

    /// Decrypts a chunk and appends it to an output that must have room for it.
    ///
    /// - Returns: false if the tag does not match: the key, the index or the bytes differ. Nothing is appended then.
    package mutating func open(
        _ sealed: Span<UInt8>, index: Int64, into plain: inout OutputSpan<UInt8>
    ) -> Bool {
        let byteCount = sealed.count - Self.tagByteCount
        guard (0...Self.chunkByteCount).contains(byteCount) else { return false }
        precondition(plain.freeCapacity >= byteCount, "the buffer has room for a chunk")
        return sealed.withUnsafeBufferPointer { sealed in
            plain.withUnsafeMutableBufferPointer { buffer, count in
                let target = buffer.baseAddress.map { $0 + count }
                guard open(sealed, byteCount: byteCount, index: index, into: target) else {
                    // No caller may see bytes that were not authenticated.
                    OPENSSL_cleanse(target, byteCount)
                    return false
                }
                count += byteCount
                return true
            }
        }
    }

    // MARK: Steps

    private func open(
        _ sealed: UnsafeBufferPointer<UInt8>, byteCount: Int, index: Int64, into target: UnsafeMutablePointer<UInt8>?
    ) -> Bool {
        let tag = UnsafeMutablePointer(mutating: sealed.baseAddress.map { $0 + byteCount })
        guard start(index: index, isSealing: false),
            EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagByteCount), tag) == 1
        else { fatalError("libcrypto cannot decrypt") }
        return transform(UnsafeBufferPointer(rebasing: sealed.prefix(byteCount)), into: target) && finish(target)
    }

    /// Sets the chunk's nonce; the context keeps the key.
    private func start(index: Int64, isSealing: Bool) -> Bool {
        precondition(index >= 0, "the index of a chunk is not negative")
        let number = withUnsafeBytes(of: index.bigEndian) { Array($0) }
        let nonce = [UInt8](repeating: 0, count: Self.nonceByteCount - number.count) + number
        return EVP_CipherInit_ex2(context, nil, nil, nonce, isSealing ? 1 : 0, nil) == 1
    }

    /// Skips empty input: given bytes without a target, libcrypto would treat them as additional authenticated data.
    private func transform(_ bytes: UnsafeBufferPointer<UInt8>, into target: UnsafeMutablePointer<UInt8>?) -> Bool {
        guard !bytes.isEmpty else { return true }
        var written: Int32 = 0
        return EVP_CipherUpdate(context, target, &written, bytes.baseAddress, Int32(bytes.count)) == 1
            && Int(written) == bytes.count
    }

    /// Computes the tag when sealing; compares it with the one that was set when opening.
    private func finish(_ target: UnsafeMutablePointer<UInt8>?) -> Bool {
        var written: Int32 = 0
        return EVP_CipherFinal_ex(context, target, &written) == 1
    }

    // Immutable after the fetch, and libcrypto's algorithm objects may be used from any thread.
    private nonisolated(unsafe) static let cipher: OpaquePointer = {
        guard let cipher = EVP_CIPHER_fetch(nil, "AES-256-GCM", nil) else { fatalError("libcrypto has no AES-256-GCM") }
        return cipher
    }()
}
