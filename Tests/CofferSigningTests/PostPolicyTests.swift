import CofferCrypto
import CofferModel
import CofferSigning
import Testing

/// What a policy allows, and what its document may look like.
struct PostPolicyTests {
    private static let expiration = Timestamp(seconds: Example.time.seconds + 60)

    /// Verifies a form of some fields with a policy of some conditions, both signed by Version 2.
    private func verify(
        _ conditions: String, _ fields: [(String, String)], filename: String? = nil,
        document: (String) -> String = { "{\"expiration\": \"\(expiration.iso8601)\", \"conditions\": [\($0)]}" },
        at time: Timestamp = Example.time
    ) throws -> PostPolicy.LengthRange? {
        let signed = V2Signer(credentials: Example.credentials).postFields(document: Array(document(conditions).utf8))
        let form = PostForm(fields.map { (name: $0.0, value: $0.1) } + signed, filename: filename)
        return try Example.verifier(at: time).verify(form, bucket: BucketName("examplebucket")).lengthRange
    }

    // MARK: Conditions

    @Test(arguments: [
        (#"{"acl": "private"}"#, "acl", "private"), (#"{"ACL": "private"}"#, "acl", "private"),
        (#"["eq", "$acl", "private"]"#, "acl", "private"), (#"["eq", "$Acl", "private"]"#, "aCL", "private"),
        (#"["eq", "$acl", ""]"#, "acl", ""), (#"["starts-with", "$key", "user/"]"#, "key", "user/a"),
        (#"["starts-with", "$key", "user/"]"#, "key", "user/"), (#"["starts-with", "$key", ""]"#, "key", ""),
        (#"["starts-with", "$KEY", "u"], ["starts-with", "$key", "us"]"#, "key", "user"),
        (#"["starts-with", "$Content-Type", "image/"]"#, "Content-Type", "image/png"),
        (#"["starts-with", "$content-type", "image/"]"#, "Content-Type", "image/jpg,image/png, image/gif"),
        (#"["eq", "$Content-Type", "image/jpg,text/plain"]"#, "Content-Type", "image/jpg,text/plain"),
        (#"["starts-with", "$x-amz-meta-tag", "a"]"#, "x-amz-meta-tag", "a,b"),
        (#"["eq", "$key", "ü\u20ac\"\\"]"#, "key", "ü€\"\\"), (#"["eq", "$x", "a"], ["eq", "$x", "a"]"#, "x", "a"),
        (#"["eq", "$key", "a\\$b"]"#, "key", #"a\$b"#), (#"["eq", "$key", "\\\$"]"#, "key", #"\$"#),
    ])
    func `A field that meets its conditions is let in`(conditions: String, name: String, value: String) {
        #expect(throws: Never.self) { try verify("{\"bucket\": \"examplebucket\"}, \(conditions)", [(name, value)]) }
    }

    @Test(arguments: [
        (#"{"acl": "private"}"#, "acl", "public-read", #"["eq", "$acl", "private"]"#),
        (#"{"acl": "private"}"#, "acl", "Private", #"["eq", "$acl", "private"]"#),
        (#"["eq", "$key", "a/b"]"#, "key", "a/b/c", #"["eq", "$key", "a/b"]"#),
        (#"["eq", "$key", "a/b"]"#, "key", "a/", #"["eq", "$key", "a/b"]"#),
        (#"["eq", "$key", "\u00e9"]"#, "key", "e\u{301}", #"["eq", "$key", "é"]"#),
        (#"["starts-with", "$key", "\u00e9"]"#, "key", "e\u{301}", #"["starts-with", "$key", "é"]"#),
        (#"["starts-with", "$key", "user/"]"#, "key", "user", #"["starts-with", "$key", "user/"]"#),
        (#"["starts-with", "$key", "user/"]"#, "key", " user/", #"["starts-with", "$key", "user/"]"#),
        (#"["starts-with", "$key", ""]"#, "x-ignore-key", "", #"["starts-with", "$key", ""]"#),
        (
            #"["starts-with", "$Content-Type", "image/"]"#, "content-type", "image/jpg,text/plain",
            #"["starts-with", "$Content-Type", "image/"]"#
        ),
        (
            #"["starts-with", "$content-type", "image/"]"#, "content-type", "image/jpg,",
            #"["starts-with", "$content-type", "image/"]"#
        ),
        (#"["eq", "$x", "a\"b"], ["eq", "$y", ""]"#, "x", "a", #"["eq", "$x", "a\"b"]"#),
        (#"["eq", "$x", "a"], ["starts-with", "$x", "b"]"#, "x", "a", #"["starts-with", "$x", "b"]"#),
    ])
    func `A condition that fails is told`(conditions: String, name: String, value: String, told: String) {
        expect(.accessDenied, "Invalid according to Policy: Policy Condition failed: \(told)") {
            try verify("{\"bucket\": \"examplebucket\"}, \(conditions)", [(name, value)])
        }
    }

    @Test func `A field twice meets a condition as a list`() {
        let fields = [("x-amz-meta-tag", "Ninja"), ("x-amz-meta-tag", "Stallman")]
        #expect(throws: Never.self) {
            try verify(#"{"bucket": "examplebucket"}, {"x-amz-meta-tag": "Ninja,Stallman"}"#, fields)
        }
        expect(.accessDenied, nil) {
            try verify(#"{"bucket": "examplebucket"}, {"x-amz-meta-tag": "Ninja"}"#, fields)
        }
    }

    @Test func `Conditions are checked against the key with the file's name in it`() {
        let condition = #"{"bucket": "examplebucket"}, ["starts-with", "$key", "user/a"]"#
        #expect(throws: Never.self) { try verify(condition, [("key", "user/${filename}")], filename: "dir/a.txt") }
        expect(.accessDenied, nil) { try verify(condition, [("key", "user/${filename}")], filename: "b.txt") }
    }

    @Test(arguments: ["acl", "Content-Type", "x-amz-meta-a", "submit", "x-amz-storage-class", "x-ignor-a"])
    func `A field without a condition is extra`(name: String) {
        expect(.accessDenied, "Invalid according to Policy: Extra input fields: \(name.lowercased())") {
            try verify(#"{"bucket": "examplebucket"}, ["starts-with", "$key", ""]"#, [("key", "k"), (name, "")])
        }
    }

    @Test(arguments: ["x-ignore-a", "X-Ignore-", "file", "File"])
    func `Some fields need no condition`(name: String) {
        #expect(throws: Never.self) { try verify(#"{"bucket": "examplebucket"}"#, [("X-Ignore-b", ""), (name, "x")]) }
    }

    // MARK: The bucket

    @Test func `A policy is good for the bucket it names, and for none without a name`() {
        expect(.accessDenied, #"Invalid according to Policy: Policy Condition failed: ["eq", "$bucket", "other"]"#) {
            try verify(#"{"bucket": "other"}"#, [])
        }
        expect(.accessDenied, "Invalid according to Policy: Extra input fields: bucket") { try verify("", []) }
        #expect(throws: Never.self) { try verify(#"["starts-with", "$bucket", "example"]"#, []) }
    }

    @Test func `A bucket among the fields is the bucket of the request`() {
        #expect(throws: Never.self) { try verify(#"{"bucket": "examplebucket"}"#, [("bucket", "examplebucket")]) }
        expect(.accessDenied, nil) { try verify(#"["starts-with", "$bucket", ""]"#, [("bucket", "other")]) }
        expect(.accessDenied, nil) { try verify(#"{"bucket": "other"}"#, [("bucket", "other")]) }
    }

    // MARK: Sizes

    @Test(
        arguments: [
            (#"["content-length-range", 1, 1024]"#, 1, 1024), (#"["content-length-range", "1", "1024"]"#, 1, 1024),
            (#"["content-length-range", 0, 5368709120]"#, 0, 5_368_709_120),
            (#"["content-length-range", 1, 100], ["content-length-range", 10, 1000]"#, 10, 100),
        ] as [(String, Int64, Int64)])
    func `A policy tells the sizes of the file`(condition: String, minimum: Int64, maximum: Int64) throws {
        let range = try #require(try verify("{\"bucket\": \"examplebucket\"}, \(condition)", []))
        #expect(range == PostPolicy.LengthRange(minimum: minimum, maximum: maximum))
        #expect(throws: Never.self) {
            try range.check(minimum)
            try range.check(maximum)
        }
        let small = #expect(throws: S3Error.self) { try range.check(minimum - 1) }
        #expect(small?.code == .entityTooSmall)
        #expect(
            small?.details.map { "\($0.name)=\($0.value)" } == [
                "ProposedSize=\(minimum - 1)", "MinSizeAllowed=\(minimum)",
            ])
        let large = #expect(throws: S3Error.self) { try range.check(maximum + 1) }
        #expect(large?.code == .entityTooLarge)
        #expect(
            large?.details.map { "\($0.name)=\($0.value)" } == [
                "ProposedSize=\(maximum + 1)", "MaxSizeAllowed=\(maximum)",
            ])
    }

    // MARK: The document

    @Test func `A policy expires`() {
        for seconds in [-1, 0] as [Int64] {
            let time = Timestamp(seconds: Self.expiration.seconds + seconds)
            #expect(throws: Never.self) { try verify(#"{"bucket": "examplebucket"}"#, [], at: time) }
        }
        expect(.accessDenied, "Invalid according to Policy: Policy expired.") {
            try verify(
                #"{"bucket": "examplebucket"}"#, [], at: Timestamp(seconds: Self.expiration.seconds + 1))
        }
    }

    /// What S3's own pages show beyond JSON: trailing commas, single quotes, `\$` and `\v`.
    @Test(arguments: [
        #"{"bucket": "examplebucket"}, {"x": "a"},"#, "{'bucket': 'examplebucket'}, ['eq', '$x', 'a']",
        #"{"bucket": "examplebucket"}, ["eq", "\$x", "a"]"#,
    ])
    func `Documents as S3's pages show them are read`(conditions: String) {
        #expect(throws: Never.self) { try verify(conditions, [("x", "a")]) }
        #expect(throws: Never.self) { try verify(#"{"bucket": "examplebucket"}, {"x": "\v\$a"}"#, [("x", "\u{B}$a")]) }
    }

    @Test(arguments: [
        "", "null", "[]", "\"\"", "{", "{}x", #"{"expiration": "2013-05-24T00:01:00Z", "conditions": []"#,
    ])
    func `What is not a JSON object is no policy`(document: String) {
        expect(.invalidPolicyDocument, "Invalid Policy: Invalid JSON.") {
            try verify("", [], document: { _ in document })
        }
    }

    @Test(arguments: [
        (#"{"conditions": []}"#, "Policy missing expiration."),
        (#"{"expiration": "2013-05-24T00:01:00Z"}"#, "Policy missing conditions."),
        (#"{"expiration": "2013-05-24T00:01:00Z", "conditions": {}}"#, "Policy missing conditions."),
        (#"{"expiration": "2013-05-24T00:01:00Z", "conditions": [], "x": 1}"#, "Unexpected: 'x'."),
        (#"{"expiration": "tomorrow", "conditions": []}"#, "Invalid 'expiration' value: 'tomorrow'"),
        (#"{"expiration": "2013-05-24", "conditions": []}"#, "Invalid 'expiration' value: '2013-05-24'"),
        (#"{"expiration": 1369353660, "conditions": []}"#, "Invalid 'expiration' value: ''"),
        (
            #"{"expiration": "2013-05-24T00:01:00+02:00", "conditions": []}"#,
            "Invalid 'expiration' value: '2013-05-24T00:01:00+02:00'"
        ),
    ])
    func `A document without what a policy needs is told what it lacks`(document: String, reason: String) {
        expect(.invalidPolicyDocument, "Invalid Policy: \(reason)") { try verify("", [], document: { _ in document }) }
    }

    @Test(arguments: [
        #"{}"#, #"{"acl": "private", "key": "k"}"#, #"{"success_action_status": 201}"#, #"{"acl": null}"#, #"[]"#,
        #""acl""#, #"1"#, #"["eq", "$acl"]"#, #"["eq", "$acl", "a", "b"]"#,
        #"["eq", "$acl", 1]"#, #"["eq", 1, "a"]"#, #"["EQ", "$acl", "private"]"#, #"["ends-with", "$key", "a"]"#,
        #"[1, "$key", "a"]"#, #"["content-length-range", 1]"#, #"["content-length-range", 1, 2, 3]"#,
        #"["content-length-range", -1, 2]"#, #"["content-length-range", 1.5, 2]"#,
        #"["content-length-range", 1, 1e300]"#, #"["content-length-range", "-1", 2]"#,
    ])
    func `A condition of another shape makes the policy invalid`(condition: String) {
        expect(.invalidPolicyDocument, nil) { try verify("{\"bucket\": \"examplebucket\"}, \(condition)", []) }
    }

    @Test(arguments: [
        (#"["eq", "acl", "private"]"#, #"["eq", "acl", "private"]"#),
        (#"["starts-with", "key", ""]"#, #"["starts-with", "key", ""]"#),
        (#"["content-length-range", "a", 2]"#, #"["content-length-range", "a", 2]"#),
        (#"["content-length-range", 1, true]"#, #"["content-length-range", 1, null]"#),
    ])
    func `A condition without a field or a number holds for no form`(condition: String, told: String) {
        expect(.accessDenied, "Invalid according to Policy: Policy Condition failed: \(told)") {
            try verify("{\"bucket\": \"examplebucket\"}, \(condition)", [("acl", "private"), ("key", "k")])
        }
    }

    @Test func `What was written is read`() throws {
        let policy = PostPolicy(
            expiration: Self.expiration,
            conditions: [
                .equal(field: "Key", value: "a\"ü/\n"), .prefix(field: "acl", prefix: ""),
                .length(PostPolicy.LengthRange(minimum: 1, maximum: 2)),
            ])
        let read = try PostPolicy(base64: base64(policy.document))
        #expect(read.expiration == policy.expiration)
        #expect(read.conditions.map(\.description) == policy.conditions.map(\.description))
        #expect(read.lengthRange == PostPolicy.LengthRange(minimum: 1, maximum: 2))
    }

    private func expect(
        _ code: S3Error.Code, _ message: String?, sourceLocation: SourceLocation = #_sourceLocation,
        _ body: () throws -> PostPolicy.LengthRange?
    ) {
        let error = #expect(throws: S3Error.self, sourceLocation: sourceLocation) { _ = try body() }
        #expect(error?.code == code, sourceLocation: sourceLocation)
        if let message { #expect(error?.message == message, sourceLocation: sourceLocation) }
    }
}
