import CofferModel
import Testing

struct PercentEncodingTests {
    @Test func `Every byte but the unreserved ones is encoded, in upper-case digits`() {
        let unreserved = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
        for byte in UInt8.min...UInt8.max {
            let digits = String(byte, radix: 16, uppercase: true)
            let escaped = "%" + (digits.count == 1 ? "0" : "") + digits
            let expected = unreserved.contains(byte) ? String(UnicodeScalar(byte)) : escaped
            #expect(PercentEncoding.encode([byte]) == expected)
        }
    }

    @Test func `A slash is kept in a path and encoded in a query`() {
        #expect(PercentEncoding.encode("a/b c".utf8, keepingSlash: true) == "a/b%20c")
        #expect(PercentEncoding.encode("a/b c".utf8) == "a%2Fb%20c")
    }

    @Test func `All byte values survive encoding and decoding`() {
        let all = [UInt8](0...255)
        #expect(PercentEncoding.decode(PercentEncoding.encode(all)) == all)
        #expect(PercentEncoding.decode(PercentEncoding.encode(all, keepingSlash: true)) == all)
    }

    @Test(arguments: [
        ("", ""), ("abc", "abc"), ("%41%42", "AB"), ("%c3%a9", "é"), ("%C3%A9", "é"), ("%252F", "%2F"),
        ("a%2fb", "a/b"),
        ("é", "é"), ("=\u{301}", "=\u{301}"),
    ])
    func `Text decodes once, with digits in either case`(text: String, decoded: String) {
        #expect(PercentEncoding.decode(text) == Array(decoded.utf8))
    }

    @Test func `A plus is a space only where it is asked for`() {
        #expect(PercentEncoding.decode("a+b%2B") == Array("a+b+".utf8))
        #expect(PercentEncoding.decode("a+b%2B", plusIsSpace: true) == Array("a b+".utf8))
    }

    @Test(arguments: ["%", "%4", "%zz", "%4z", "%z4", "abc%", "%%41", "% 41", "%+1", "%-1", "%0x41"])
    func `A percent sign without two digits has no bytes`(text: String) {
        #expect(PercentEncoding.decode(text) == nil)
    }
}

struct QueryTests {
    @Test(
        arguments: [
            ("", []), ("a=1", ["a:1"]), ("a", ["a:"]), ("a=", ["a:"]), ("a=1&b=2", ["a:1", "b:2"]),
            ("a=b=c", ["a:b=c"]),
            ("&a=1&&b&", ["a:1", "b:"]), ("=x", [":x"]), ("a=1&a=2", ["a:1", "a:2"]),
            ("prefix=a%2Fb+c", ["prefix:a/b c"]),
            ("a%3Db=c%26d", ["a=b:c&d"]), ("k=%2B", ["k:+"]), ("a=1?b=2", ["a:1?b=2"]),
            ("%C3%A9=%F0%9F%98%80", ["é:😀"]),
        ] as [(String, [String])])
    func `Parameters are decoded in their order`(raw: String, parameters: [String]) throws {
        #expect(try Query(raw).parameters.map { "\($0.name):\($0.value)" } == parameters)
    }

    @Test func `A name finds its first value, and nothing where it is absent`() throws {
        let query = try Query("a=1&a=2&b")
        #expect(query["a"] == "1")
        #expect(query["b"] == "")
        #expect(query["c"] == nil)
        #expect(query.contains("b") && !query.contains("c") && !query.contains("A"))
    }

    /// In Swift a combining accent makes one character with the sign before it; on the wire they are two.
    @Test func `A value that begins with a combining accent is a value`() throws {
        let query = try Query("prefix=\u{301}x&\u{301}=1")
        #expect(query["prefix"].map { Array($0.utf8) } == Array("\u{301}x".utf8))
        #expect(query.parameters.count == 2)
    }

    @Test(arguments: ["a=%", "%zz=1", "a=%f", "a=%FF", "%C3=1", "ok=1&bad=%ED%A0%80"])
    func `A broken encoding and bytes that are not UTF-8 are refused as InvalidURI`(raw: String) {
        let error = #expect(throws: S3Error.self) { try Query(raw) }
        #expect(error?.code == .invalidURI)
    }
}
