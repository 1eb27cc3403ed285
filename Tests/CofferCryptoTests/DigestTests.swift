import CofferCrypto
import Testing

struct DigestTests {
    /// RFC 1321 section A.5, FIPS 180-4's examples.
    @Test(arguments: [
        (DigestAlgorithm.md5, "", "d41d8cd98f00b204e9800998ecf8427e"),
        (.md5, "a", "0cc175b9c0f1b6a831c399e269772661"),
        (.md5, "abc", "900150983cd24fb0d6963f7d28e17f72"),
        (.md5, "message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
        (.sha1, "", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        (.sha1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (
            .sha1, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
        ),
        (.sha256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (.sha256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            .sha256, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            .sha512, "abc",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
        ),
    ])
    func `Digests agree with the published examples`(algorithm: DigestAlgorithm, text: String, digest: String) {
        #expect(hex(Digest.of(Array(text.utf8), algorithm)) == digest)
    }

    @Test(arguments: [
        (DigestAlgorithm.md5, "7707d6ae4e027c70eea2a935c2296f21"),
        (.sha1, "34aa973cd4c4daa4f61eeb2bdbad27316534016f"),
        (.sha256, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
        (
            .sha512,
            "e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973eb"
                + "de0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b"
        ),
    ])
    func `A million letters fed in uneven pieces have the published digest`(
        algorithm: DigestAlgorithm, digest: String
    ) {
        let letters = [UInt8](repeating: UInt8(ascii: "a"), count: 997)
        var running = Digest(algorithm)
        var rest = 1_000_000
        while rest > 0 {
            running.update(letters.span.extracting(0..<min(rest, letters.count)))
            rest -= min(rest, letters.count)
        }
        #expect(hex(running.finalize()) == digest)
    }

    @Test func `SHA256 agrees with libcrypto's digest at every length up to three blocks`() {
        for count in 0...192 {
            let bytes = (0..<count).map { UInt8($0) }
            #expect(SHA256.digest(bytes) == Digest.of(bytes, .sha256))
        }
    }

    @Test func `A copied SHA256 goes on separately from the original`() {
        var digest = SHA256()
        digest.update(Array("ab".utf8))
        var copy = digest
        copy.update(Array("c".utf8))
        #expect(copy.finalize() == SHA256.digest(Array("abc".utf8)))
        #expect(digest.finalize() == SHA256.digest(Array("ab".utf8)))
    }

    @Test func `A digest that was fed nothing is that of no bytes`() {
        var running = Digest(.md5)
        running.update([UInt8]().span)
        #expect(running.finalize() == Digest.of([], .md5))
    }
}

struct HMACTests {
    /// RFC 4231 sections 4.2 to 4.8, but for the truncated one.
    @Test(arguments: [
        (
            [UInt8](repeating: 0x0B, count: 20), "Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), "what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            [UInt8](repeating: 0xAA, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        (
            [UInt8](repeating: 0xAA, count: 131),
            "This is a test using a larger than block-size key and a larger than block-size data. "
                + "The key needs to be hashed before being used by the HMAC algorithm.",
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
        ),
    ])
    func `HMAC-SHA256 agrees with RFC 4231`(key: [UInt8], message: String, code: String) {
        #expect(hex(HMAC.sha256(key: key, Array(message.utf8))) == code)
    }

    /// RFC 2202 section 3.
    @Test(arguments: [
        ([UInt8](repeating: 0x0B, count: 20), "Hi There", "b617318655057264e28bc0b6fb378c8ef146be00"),
        (Array("Jefe".utf8), "what do ya want for nothing?", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
        (
            [UInt8](repeating: 0xAA, count: 80), "Test Using Larger Than Block-Size Key - Hash Key First",
            "aa4ae5e15272d00e95705637ce8a3b55ed402112"
        ),
    ])
    func `HMAC-SHA1 agrees with RFC 2202`(key: [UInt8], message: String, code: String) {
        #expect(hex(HMAC.sha1(key: key, Array(message.utf8))) == code)
    }

    @Test func `An empty key and message have a code`() {
        #expect(
            hex(HMAC.sha256(key: [], [])) == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
        #expect(hex(HMAC.sha1(key: [], [])) == "fbdb1d1b18aa6c08324b7d64b71fb76370690e1d")
    }
}
