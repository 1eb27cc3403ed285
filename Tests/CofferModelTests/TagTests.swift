import CofferModel
import Testing

struct TagTests {
    @Test(
        arguments: [
            ("", []), ("a=1", ["a:1"]), ("a=1&b=2", ["a:1", "b:2"]), ("a", ["a:"]), ("a=", ["a:"]),
            ("project=fiscal%20data&x=%C3%A9", ["project:fiscal data", "x:é"]), ("a+b=c+d", ["a b:c d"]),
            ("Key=1&key=2", ["Key:1", "key:2"]), ("&", []), ("a%3Db=c/d:e@f", ["a=b:c/d:e@f"]),
        ] as [(String, [String])])
    func `Tags are read as a query`(header: String, tags: [String]) throws {
        #expect(try Tag.parse(header: header).map { "\($0.key):\($0.value)" } == tags)
    }

    @Test func `Ten tags and the longest key and value are taken`() throws {
        let ten = (0..<10).map { "k\($0)=v" }.joined(separator: "&")
        #expect(try Tag.parse(header: ten).count == 10)
        let longest = String(repeating: "k", count: 128) + "=" + String(repeating: "v", count: 256)
        #expect(try Tag.parse(header: longest).first?.value.count == 256)
    }

    @Test(
        arguments: [
            ("a=%zz", .invalidArgument), ("a=%FF", .invalidArgument), ("a=1&a=2", .invalidArgument),
            ("=1", .invalidArgument), ("=", .invalidArgument), ("a=b,c=d", .invalidArgument),
            ("a=b=c", .invalidArgument),
            ("a=%3B", .invalidTag), ("a={}", .invalidArgument),
            (String(repeating: "k", count: 129) + "=1", .invalidTag),
            ("a=" + String(repeating: "v", count: 257), .invalidTag),
            ((0..<11).map { "k\($0)=v" }.joined(separator: "&"), .badRequest),
        ] as [(String, S3Error.Code)])
    func `Tags beyond the rules are refused`(header: String, code: S3Error.Code) {
        let error = #expect(throws: S3Error.self) { try Tag.parse(header: header) }
        #expect(error?.code == code)
    }

    @Test(
        arguments: [
            ([], true), ([("a", "")], true), ([("a", "1"), ("A", "1")], true),
            ([("AWS:a", "1"), ("xaws:", "1")], true),
            ([(String(repeating: "é", count: 128), String(repeating: "é", count: 256))], true),
            ([("a b+c-d=e.f_g:h/i@j", "+-=._:/@ 1½"), ("перевірка", "価格"), ("e\u{301}", "")], true),
            ([("a😀", "1")], false), ([("a", "1;2")], false), ([("a\n", "1")], false), ([("a", "{x}")], false),
            ([("", "1")], false), ([(String(repeating: "é", count: 129), "")], false),
            ([("a", String(repeating: "é", count: 257))], false), ([("aws:a", "1")], false), ([("aws:", "")], false),
            ([("b", "1"), ("a", "1"), ("a", "2")], false), ([("a", "1"), ("a", "1")], false),
        ] as [([(String, String)], Bool)])
    func `Tags of a document are held to the rules, whatever their number`(tags: [(String, String)], isTaken: Bool) {
        let tags = tags.map { CofferModel.Tag(key: $0.0, value: $0.1) }
        var refusal: S3Error.Code?
        do throws(S3Error) { try Tag.check(tags) } catch { refusal = error.code }
        #expect(refusal == (isTaken ? nil : .invalidTag))
    }

    @Test func `A broken encoding names the header and its value`() {
        let error = #expect(throws: S3Error.self) { try Tag.parse(header: "a=%") }
        #expect(error?.details.map(\.name) == ["ArgumentName", "ArgumentValue"])
        #expect(error?.details.map(\.value) == ["x-amz-tagging", "a=%"])
    }
}
