import CofferModel
import Testing

struct BucketNameTests {
    @Test(arguments: [
        "abc", "a-b", "a.b", "123", "1ab", "ab1", "my-bucket.example.com", "datastore.openspending.org",
        "a--b", "a.-b", "1.2.3", "1.2.3.4.5", "1.2.3.x", "xn-abc", "sthreefold", String(repeating: "a", count: 63),
    ])
    func `Names within the rules are taken`(name: String) throws {
        #expect(try BucketName(name).description == name)
    }

    /// The rules of the S3 User Guide, "General purpose bucket naming rules", one after another.
    @Test(arguments: [
        "", "a", "ab", String(repeating: "a", count: 64),
        "Abc", "aBc", "my_bucket", "my bucket", "bücher", "abc\0", "a/b", "abc\n", "ab\u{301}c", "%61bc", "-",
        "-abc", "abc-", ".abc", "abc.", "a..b", "...",
        "192.168.5.4", "1.2.3.4",
        "xn--abc", "sthree-abc", "sthree-configurator", "amzn-s3-demo-bucket",
        "abc-s3alias", "abc--ol-s3", "abc.mrap", "abc--x-s3", "abc--table-s3",
    ])
    func `Names outside the rules are refused as InvalidBucketName and named in the error`(name: String) {
        let error = #expect(throws: S3Error.self) { try BucketName(name) }
        #expect(error?.code == .invalidBucketName)
        #expect(error?.details.map(\.value) == [name])
    }
}

struct ObjectKeyTests {
    @Test(arguments: [
        "a", "/", "//", ".", "..", "../../etc/passwd", "a/", " ", "\u{1}", "\u{7f}", "перевірка.csv", "😀",
        String(repeating: "k", count: 1024), String(repeating: "é", count: 512),
    ])
    func `Any text of 1 to 1,024 bytes is a key`(text: String) throws {
        let key = try ObjectKey(Array(text.utf8))
        #expect(key.bytes == Array(text.utf8))
        #expect(key.description == text)
    }

    @Test(arguments: [String(repeating: "k", count: 1025), String(repeating: "é", count: 513)])
    func `A key beyond 1,024 bytes is refused with its size and the limit`(text: String) {
        let error = #expect(throws: S3Error.self) { try ObjectKey(Array(text.utf8)) }
        #expect(error?.code == .keyTooLongError)
        #expect(error?.details.map(\.name) == ["Size", "MaxSizeAllowed"])
        #expect(error?.details.map(\.value) == [String(text.utf8.count), "1024"])
    }

    @Test(
        arguments: [
            [], [0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x61, 0x80], [0x61, 0x00],
            [0x00],
        ] as [[UInt8]])
    func `No bytes, bytes that are not UTF-8 and NUL are refused as InvalidURI`(bytes: [UInt8]) {
        let error = #expect(throws: S3Error.self) { try ObjectKey(bytes) }
        #expect(error?.code == .invalidURI)
    }

    @Test func `Keys that differ only in the composition of an accent are two keys`() throws {
        let composed = try ObjectKey(Array("\u{e9}".utf8))
        let decomposed = try ObjectKey(Array("e\u{301}".utf8))
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
    }

    @Test func `Keys are ordered by their bytes, a prefix before what continues it`() throws {
        let ordered = [
            "\u{1}", " ", "!", "-", "/", "0", "A", "Z", "_", "a", "a ", "a/", "a/b", "a0", "aa", "b", "e\u{301}",
            "\u{e9}",
            "\u{fffd}", "\u{10000}",
        ]
        let keys = try ordered.reversed().map { try ObjectKey(Array($0.utf8)) }.sorted()
        #expect(keys.map(\.bytes) == ordered.map { Array($0.utf8) })
    }
}
