import CofferModel
import CofferServer
import Testing

@testable import CofferIAM

/// What parameters of IAM and STS may be.
struct ParameterRuleTests {
    @Test(arguments: [
        (TextPattern.name, ["a", "A+=,.@_-9"], ["a b", "a/b", "ü", "a\n"]),
        (.word, ["AKIA_1"], ["AKIA-1", "a b", "é"]), (.externalID, ["a:/b"], ["a b", "*"]),
        (.path, ["/", "/a/", "///", "/a!~/"], ["", "//", "a/", "/a", "/a b/", "/\u{7F}/", "/é/"]),
        (.pathPrefix, ["/", "/a", "/a/b/", "/\u{7F}"], ["a", "/ ", "/é"]),
        (.policyPath, ["/", "/a/", "/a/b/"], ["//", "/a", "a/", "/a!/", "/a//b/"]),
        (.latin, [" ÿ"], ["\u{1F}", "\u{100}"]), (.document, ["{\t\r\n}"], ["\0", "\u{2028}"]),
        (.roleDescription, ["", "tab\tÿ"], ["\u{A0}", "\u{7F}", "Ā"]),
        (.policyDescription, ["日本"], ["\u{85}", "\u{1B}"]),
        (.tagKey, ["Größe ÆØ: a/b=c+d-e@f.g_h"], ["a*", "${x}", "a\nb"]),
        (.versionID, ["v1", "v10", "v1.a-b", "v2."], ["v0", "1", "v", "v1a", "v1._", "vv1"]),
        (.serialNumber, ["arn:aws:iam::1:mfa/x"], ["a b"]), (.digits, ["012"], ["1a", "٣"]),
        (.namespace, ["s3-x_1"], ["s3:x"]),
    ])
    func `A pattern matches what the service model allows`(pattern: TextPattern, good: [String], bad: [String]) {
        for text in good { #expect(pattern.matches(text), "\(text)") }
        for text in bad { #expect(!pattern.matches(text), "\(text)") }
    }

    @Test func `Every operation of the tables has rules for its parameters`() {
        let operations = QueryOperations(extensions: [])
        for service in [QueryService.iam, .sts] {
            for name in service.rules.keys { #expect(operations.operation(name, of: service) != nil, "\(name)") }
        }
    }

    @Test func `Faults are counted, and only a few are shown`() throws {
        let values = Dictionary(uniqueKeysWithValues: (1...40).map { ("TagKeys.member.\($0)", "") })
        let error = #expect(throws: S3Error.self) {
            try QueryParameters(values: values).check([.required("UserName", .text(1...64, .name)), .tagKeys])
        }
        #expect(error?.code.name == "ValidationError")
        #expect(error?.message.hasPrefix("41 validation errors detected: Value null at 'userName'") == true)
        #expect((error?.message.utf8.count ?? 0) < 3000)
    }

    @Test(arguments: ["a\u{1B}", "a\u{FFFF}", String(repeating: "é", count: 600)])
    func `Long values, and those that XML cannot hold, are not repeated`(value: String) {
        let error = #expect(throws: S3Error.self) {
            try QueryParameters(values: ["X": value]).check([.optional("X", .text(5000...6000))])
        }
        #expect(error?.message.contains("detected: Value at 'x' failed") == true)
    }

    @Test(arguments: [("books", "books", BucketConfiguration.Access.none), ("books:public", "books", .public)])
    func `A bucket is configured by its name and the access of others`(
        text: String, name: String, access: BucketConfiguration.Access
    ) throws {
        #expect(try BucketConfiguration(text) == BucketConfiguration(name: name, access: access))
    }

    @Test(arguments: ["", "No_Bucket", "books:", "books:all", ":public", "books:public:eu"])
    func `A bucket with an invalid name is refused`(text: String) {
        #expect(throws: ServerError.self) { try BucketConfiguration(text) }
    }
}
