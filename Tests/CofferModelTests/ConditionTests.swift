import CofferModel
import Testing

struct ETagConditionTests {
    private static let tag = ETag("9b2cf535f27731c974343645a3985328")

    @Test(arguments: [
        "*", " * ", "\"9b2cf535f27731c974343645a3985328\"", "9b2cf535f27731c974343645a3985328",
        "W/\"9b2cf535f27731c974343645a3985328\"", "\"a\", \"9b2cf535f27731c974343645a3985328\"",
        "\"9b2cf535f27731c974343645a3985328\",\"a\"", "a,9b2cf535f27731c974343645a3985328 ,b",
        "\t\"9b2cf535f27731c974343645a3985328\"\t",
    ])
    func `A star and lists that hold the tag match`(header: String) {
        #expect(ETagCondition(header).matches(Self.tag))
    }

    @Test(arguments: [
        "", ",", "\"\"", "\"", "\"a\"", "webkit-no-cache", "\"9B2CF535F27731C974343645A3985328\"",
        "\"9b2cf535f27731c974343645a398532\"", "\"9b2cf535f27731c974343645a3985328", "\"a\",\"b\"",
    ])
    func `Lists without the tag, and words that are no tag, do not match`(header: String) {
        #expect(!ETagCondition(header).matches(Self.tag))
    }

    /// RFC 9110 section 8.8.3: `"*"` is a tag like any other; the star that matches everything has no quotes.
    @Test(arguments: ["\"*\"", "W/\"*\"", "\"*\", \"a\""])
    func `A star in quotes is a tag and matches no other`(header: String) {
        #expect(!ETagCondition(header).matches(Self.tag))
    }

    @Test func `A tag is written in quotes`() {
        #expect(ETag("abc").description == "\"abc\"")
    }
}

struct ByteRangeTests {
    @Test(
        arguments: [
            ("bytes=0-0", .from(0, through: 0)), ("bytes=0-", .from(0, through: nil)),
            ("bytes=5-9", .from(5, through: 9)),
            ("bytes=9-9", .from(9, through: 9)), ("bytes=-5", .suffix(5)), ("bytes=-0", .suffix(0)),
            ("bytes=007-010", .from(7, through: 10)), ("bytes=0-9223372036854775807", .from(0, through: .max)),
            ("bytes=0-99999999999999999999", .from(0, through: .max)), ("bytes=-99999999999999999999", .suffix(.max)),
            ("bytes=99999999999999999999-", .from(.max, through: nil)),
        ] as [(String, ByteRange)])
    func `A range of one of the three shapes is read`(header: String, range: ByteRange) {
        #expect(ByteRange(header) == range)
    }

    @Test(arguments: [
        "", "bytes", "bytes=", "bytes=-", "bytes=5", "bytes=5-3", "bytes=a-b", "bytes=1-b", "bytes=a-1", "bytes=--5",
        "bytes=+1-2", "bytes=1-+2", "bytes=1-2-3", "bytes=0-1,3-4", "bytes=0-,", "items=0-5", "bytes 0-5", "0-5",
        "bytes=0x1-2", "bytes=1.0-2", "bytes=\u{661}-\u{662}", "bytes=99999999999999999999-5",
    ])
    func `Other units, shapes and several ranges are no range`(header: String) {
        #expect(ByteRange(header) == nil)
    }

    @Test(
        arguments: [
            ("bytes=0-0", 10, 0..<1), ("bytes=0-", 10, 0..<10), ("bytes=3-", 10, 3..<10), ("bytes=9-", 10, 9..<10),
            ("bytes=0-9", 10, 0..<10), ("bytes=0-10", 10, 0..<10), ("bytes=9-9", 10, 9..<10),
            ("bytes=5-999", 10, 5..<10),
            ("bytes=-1", 10, 9..<10), ("bytes=-10", 10, 0..<10), ("bytes=-11", 10, 0..<10),
            ("bytes=0-99999999999999999999", 10, 0..<10), ("bytes=-99999999999999999999", 10, 0..<10),
            ("bytes=10-", 10, nil), ("bytes=10-11", 10, nil), ("bytes=-0", 10, nil),
            ("bytes=99999999999999999999-", 10, nil),
            ("bytes=0-", 0, nil), ("bytes=0-0", 0, nil), ("bytes=-1", 0, nil), ("bytes=-0", 0, nil),
            ("bytes=0-", .max, 0..<(.max)), ("bytes=-1", .max, (.max - 1)..<(.max)),
        ] as [(String, Int64, Range<Int64>?)])
    func `A range is clipped to the object, or lies outside`(
        header: String, size: Int64, resolved: Range<Int64>?
    ) throws {
        #expect(try #require(ByteRange(header)).resolve(in: size) == resolved)
    }

    @Test func `Every range of a small object selects exactly the bytes that it names`() throws {
        for size in Int64(1)...6 {
            for first in Int64(0)...7 {
                for last in first...8 {
                    let named = (0..<size).filter { (first...last).contains($0) }
                    let resolved = try #require(ByteRange("bytes=\(first)-\(last)")).resolve(in: size)
                    #expect(resolved.map(Array.init) ?? [] == named, "bytes=\(first)-\(last) of \(size)")
                }
            }
        }
    }
}
