import CofferCrypto
import Testing

struct EncodingTests {
    @Test func `Hexadecimal text has two lower-case digits for each byte`() {
        #expect(hex([0x00, 0x0A, 0xA0, 0xFF]) == "000aa0ff")
    }

    @Test func `All byte values survive hexadecimal text, in either case`() {
        let all = [UInt8](0...255)
        #expect(bytes(hex: hex(all)) == all)
        #expect(bytes(hex: hex(all).uppercased()) == all)
    }

    @Test func `Only hexadecimal digits have bytes`() {
        let digits = Set("0123456789abcdefABCDEF".unicodeScalars)
        for scalar in (0..<128).map({ Unicode.Scalar($0)! }) {
            #expect((bytes(hex: "0\(scalar)") != nil) == digits.contains(scalar), "\(scalar)")
            #expect((bytes(hex: "\(scalar)0") != nil) == digits.contains(scalar), "\(scalar)")
        }
    }

    @Test(arguments: ["0", "000", "é0", "0é", "\u{FF10}0"])
    func `Text that is not exactly hexadecimal has no bytes`(text: String) {
        #expect(bytes(hex: text) == nil)
    }

    /// RFC 4648 section 10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func `Base64 agrees with RFC 4648`(text: String, encoded: String) {
        #expect(base64(Array(text.utf8)) == encoded)
        #expect(bytes(base64: encoded) == Array(text.utf8))
    }

    @Test func `All byte values survive Base64`() {
        let all = [UInt8](0...255)
        #expect(bytes(base64: base64(all)) == all)
    }

    @Test(arguments: ["Z", "Zg", "Zg=", "Zg===", "=Zg=", "Zm9v!", "Zm 9v", "Zm9v\n", "Zm9v====", "-_-_", "Zg==Zg=="])
    func `Text that is not exactly Base64 has no bytes`(text: String) {
        #expect(bytes(base64: text) == nil)
    }
}

struct ConstantTimeTests {
    @Test(
        arguments: [
            ([], []), ([0], [0]), (Array("signature".utf8), Array("signature".utf8)),
            ([UInt8](repeating: 7, count: 1000), [UInt8](repeating: 7, count: 1000)),
        ] as [([UInt8], [UInt8])])
    func `Equal bytes are equal`(left: [UInt8], right: [UInt8]) {
        #expect(isEqualInConstantTime(left, right))
    }

    @Test(
        arguments: [
            ([], [0]), ([0], []), ([0], [1]), ([0], [0, 0]), (Array("signature".utf8), Array("signaturE".utf8)),
            (Array("signature".utf8), Array("Signature".utf8)), (Array("signature".utf8), Array("signatur".utf8)),
        ] as [([UInt8], [UInt8])])
    func `Bytes that differ in a place or in length are not equal`(left: [UInt8], right: [UInt8]) {
        #expect(!isEqualInConstantTime(left, right))
    }
}
