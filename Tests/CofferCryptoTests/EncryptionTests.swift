import CofferCrypto
import Testing

struct KeyWrapTests {
    private static let keyEncryptionKey = [UInt8](0..<32)

    /// RFC 3394 sections 4.3, 4.5 and 4.6: those with a key-encryption key of 256 bits.
    @Test(arguments: [
        ([], "64e8c3f9ce0f5ba263e9777905818a2a93c8191e7d6e8ae7"),
        ([UInt8](0...7), "a8f9bc1612c68b3ff6e6f4fbe30e71e4769c8b80a32cb8958cd5d17d6b254da1"),
        (
            [UInt8](0...15),
            "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21"
        ),
    ])
    func `Wrapped keys are those of RFC 3394`(end: [UInt8], wrapped: String) {
        let key = (0..<16).map { UInt8($0 * 0x11) } + end
        #expect(hex(KeyWrap.wrap(key, with: Self.keyEncryptionKey)) == wrapped)
        #expect(KeyWrap.unwrap(KeyWrap.wrap(key, with: Self.keyEncryptionKey), with: Self.keyEncryptionKey) == key)
    }

    @Test func `A key does not unwrap with another key`() {
        let wrapped = KeyWrap.wrap(randomBytes(32), with: Self.keyEncryptionKey)
        for bit in [0, 100, 255] {
            var other = Self.keyEncryptionKey
            other[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(KeyWrap.unwrap(wrapped, with: other) == nil)
        }
    }

    @Test func `A wrapped key with any bit changed does not unwrap`() {
        let wrapped = KeyWrap.wrap(randomBytes(32), with: Self.keyEncryptionKey)
        for bit in 0..<(wrapped.count * 8) {
            var changed = wrapped
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(KeyWrap.unwrap(changed, with: Self.keyEncryptionKey) == nil, "bit \(bit)")
        }
    }

    @Test(arguments: [0, 1, 8, 16, 23, 25, 39, 41])
    func `Bytes of a length that no wrapped key has do not unwrap`(count: Int) {
        let bytes = [UInt8](repeating: 0xA6, count: count)
        #expect(KeyWrap.unwrap(bytes, with: Self.keyEncryptionKey) == nil)
    }
}

struct ChunkCipherTests {
    private static let key = [UInt8](0..<32)

    /// The GCM specification's test cases 13 and 14, of a zero key and nonce.
    @Test(arguments: [
        (0, "530f8afbc74536b9a963b4f1c4cb738b"),
        (16, "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"),
    ])
    func `Zeros sealed with a zero key are GCM's published examples`(count: Int, sealed: String) {
        var cipher = ChunkCipher(key: [UInt8](repeating: 0, count: 32))
        #expect(hex(cipher.seal([UInt8](repeating: 0, count: count).span, index: 0)) == sealed)
    }

    /// Computed with another implementation, from nonces of 12 bytes in network byte order.
    @Test(arguments: [
        (1, "76beca922f6d84162317748af013bebb0ba7d104b7"),
        (258, "6e4065f80f20e0bc5d4386e06756d6bf4a37d7cf71"),
        (1 << 40 + 5, "1c471183d9faabb0eaaddb976ae8aaa7f7186df1ef"),
    ])
    func `The nonce is the index in network byte order`(index: Int64, sealed: String) {
        var cipher = ChunkCipher(key: Self.key)
        #expect(hex(cipher.seal(Array("chunk".utf8).span, index: index)) == sealed)
    }

    @Test(arguments: [0, 1, 15, 16, 17, 65_535, 65_536])
    func `A chunk of every length opens as it was`(count: Int) {
        var cipher = ChunkCipher(key: Self.key)
        var reader = ChunkCipher(key: Self.key)
        for index in [Int64(0), 1, .max] {
            let plain = randomBytes(count)
            let sealed = cipher.seal(plain.span, index: index)
            #expect(sealed.count == count + ChunkCipher.tagByteCount)
            #expect(open(sealed, index: index, with: &cipher) == plain, "with the context that sealed it")
            #expect(open(sealed, index: index, with: &reader) == plain)
        }
    }

    @Test func `A chunk with any bit changed does not open, and shows nothing`() {
        var cipher = ChunkCipher(key: Self.key)
        let sealed = cipher.seal(Array("plain text".utf8).span, index: 3)
        for bit in 0..<(sealed.count * 8) {
            var changed = sealed
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(open(changed, index: 3, with: &cipher) == nil, "bit \(bit)")
        }
        #expect(open(sealed, index: 3, with: &cipher) == Array("plain text".utf8), "failures change nothing")
    }

    @Test func `A chunk does not open at another index, under another key, or shortened`() {
        var cipher = ChunkCipher(key: Self.key)
        var other = ChunkCipher(key: randomBytes(32))
        let sealed = cipher.seal(randomBytes(100).span, index: 3)
        #expect(open(sealed, index: 2, with: &cipher) == nil)
        #expect(open(sealed, index: 3, with: &other) == nil)
        for count in [0, 15, 16, 115] {
            #expect(open(Array(sealed.prefix(count)), index: 3, with: &cipher) == nil, "of \(count) bytes")
        }
    }

    @Test func `An opened chunk is appended, and one that does not open leaves what was there`() {
        var cipher = ChunkCipher(key: Self.key)
        let (one, two) = (cipher.seal([1, 2].span, index: 0), cipher.seal([3].span, index: 1))
        let bytes = [UInt8](capacity: 8) { plain in
            #expect(cipher.open(one.span, index: 0, into: &plain))
            #expect(!cipher.open(two.span, index: 0, into: &plain))
            #expect(cipher.open(two.span, index: 1, into: &plain))
        }
        #expect(bytes == [1, 2, 3])
    }

    @Test(arguments: [
        (0, 0), (1, 17), (65_536, 65_552), (65_537, 65_569), (131_072, 131_104), (5 << 40, 5 << 40 + 80 << 24),
    ])
    func `The sealed length counts a tag for each chunk`(plain: Int64, sealed: Int64) {
        #expect(ChunkCipher.sealedByteCount(ofPlain: plain) == sealed)
    }

    private func open(_ sealed: [UInt8], index: Int64, with cipher: inout ChunkCipher) -> [UInt8]? {
        var isOpen = false
        let plain = [UInt8](capacity: ChunkCipher.chunkByteCount) { plain in
            isOpen = cipher.open(sealed.span, index: index, into: &plain)
        }
        return isOpen ? plain : nil
    }
}

struct RandomBytesTests {
    @Test func `Random bytes have the length asked for and do not repeat`() {
        #expect(randomBytes(0).isEmpty)
        #expect(randomBytes(7).count == 7)
        #expect(Set((0..<1000).map { _ in randomBytes(16) }).count == 1000)
    }
}
