import CofferCrypto
import Testing

struct XXHashTests {
    /// The empty input's are of xxHash's own self-test; the last text's of the tests of AWS's checksum library.
    @Test(arguments: [
        (XXHashVariant.xxh64, "", "ef46db3751d8e999"), (.xxh3, "", "2d06800538d394c2"),
        (.xxh128, "", "99aa06d3014798d86001c324468d497f"),
        (.xxh64, "a", "d24ec4f1a98c6e5b"), (.xxh3, "a", "e6c632b61e964e1f"),
        (.xxh128, "a", "a96faf705af16834e6c632b61e964e1f"),
        (.xxh64, "abc", "44bc2cf5ad770999"), (.xxh3, "abc", "78af5f94892f3950"),
        (.xxh128, "abc", "06b05ab6733a618578af5f94892f3950"),
        (.xxh64, "Hello world", "c500b0c912b376d8"), (.xxh3, "Hello world", "b6acb9d84a38ff74"),
        (.xxh128, "Hello world", "7351f89812f97382b91d05b31e04dd7f"),
    ])
    func `Short texts have the published hashes`(variant: XXHashVariant, text: String, hash: String) {
        #expect(hex(Self.hash(variant, Array(text.utf8))) == hash)
    }

    /// Computed with the AWS Common Runtime: XXH3 has one way for up to 240 bytes and another beyond.
    @Test(arguments: [
        (XXHashVariant.xxh64, 200, "4d9d64ca846491af"), (.xxh3, 200, "96c004e238c9b788"),
        (.xxh128, 200, "5a867fd7e3912143b6937764fbfd5a43"),
        (.xxh64, 10_000, "6832b5a7155509ff"), (.xxh3, 10_000, "7442950c5b3287ff"),
        (.xxh128, 10_000, "1692d602530e383d7442950c5b3287ff"),
    ])
    func `Long bodies have the hashes that AWS's library computes`(variant: XXHashVariant, count: Int, hash: String) {
        #expect(hex(Self.hash(variant, Self.pattern(count))) == hash)
    }

    @Test(arguments: [XXHashVariant.xxh64, .xxh3, .xxh128], [1, 7, 32, 64, 255, 256, 257, 1000])
    func `A body in pieces has the hash of the whole`(variant: XXHashVariant, pieceLength: Int) {
        let bytes = Self.pattern(3000)
        var running = XXHash(variant)
        for start in stride(from: 0, to: bytes.count, by: pieceLength) {
            running.update([UInt8]().span)
            running.update(bytes.span.extracting(start..<min(start + pieceLength, bytes.count)))
        }
        #expect(running.finalize() == Self.hash(variant, bytes))
    }

    private static func hash(_ variant: XXHashVariant, _ bytes: [UInt8]) -> [UInt8] {
        var running = XXHash(variant)
        running.update(bytes.span)
        return running.finalize()
    }

    private static func pattern(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 13) }
    }
}
