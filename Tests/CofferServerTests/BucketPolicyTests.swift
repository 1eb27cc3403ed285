import CofferCrypto
import CofferModel
import CofferServer
import CofferTestSupport
import Testing

/// What a bucket's policy decides of requests that carry what it asks for. The requests are anonymous: nothing else
/// allows them anything.
struct BucketPolicyTests {
    private static func statement(_ effect: String, _ action: String, _ resource: String, _ condition: String) -> String
    {
        """
        {"Effect": "\(effect)", "Principal": "*", "Action": "\(action)", "Resource": "arn:aws:s3:::books\(resource)", \
        "Condition": \(condition)}
        """
    }

    private static func put(_ fixture: ServerFixture, _ statements: String...) async throws -> RawResponse {
        let document = "{\"Version\": \"2012-10-17\", \"Statement\": [\(statements.joined(separator: ","))]}"
        return try await fixture.send("PUT", "/books?policy", body: Array(document.utf8))
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let action: String
        let request: String
        let headers: [(name: String, value: String)]
        let isAllowed: Bool

        /// - Parameter request: method and target, and behind `|` header fields.
        init(_ condition: String, _ action: String, _ request: String, _ isAllowed: Bool) {
            testDescription = condition
            self.action = action
            let parts = request.split(separator: "|").map(String.init)
            self.request = parts[0]
            headers = parts.dropFirst().map { field in
                let pair = field.split(separator: ":", maxSplits: 1).map(String.init)
                return (pair[0], pair[1])
            }
            self.isAllowed = isAllowed
        }
    }

    @Test(arguments: [
        Row(#"{"StringEquals": {"s3:prefix": "a/"}}"#, "s3:ListBucket", "GET /books?prefix=a/", true),
        Row(#"{"StringEquals": {"s3:prefix": "a/"}}"#, "s3:ListBucket", "GET /books?list-type=2&prefix=a/", true),
        Row(#"{"StringEquals": {"s3:prefix": "a/"}}"#, "s3:ListBucket", "GET /books?prefix=b/", false),
        Row(#"{"StringEquals": {"s3:prefix": "a/"}}"#, "s3:ListBucket", "GET /books", false),
        Row(#"{"StringEquals": {"s3:prefix": "a/"}}"#, "s3:ListBucket", "HEAD /books?prefix=a/", false),
        Row(#"{"StringEquals": {"s3:delimiter": "/"}}"#, "s3:ListBucket", "GET /books?delimiter=/", true),
        Row(#"{"NumericLessThanEquals": {"s3:max-keys": 10}}"#, "s3:ListBucket", "GET /books?max-keys=10", true),
        Row(#"{"NumericLessThanEquals": {"s3:max-keys": 10}}"#, "s3:ListBucket", "GET /books?max-keys=11", false),
        Row(
            #"{"StringLike": {"aws:Referer": "http://a.test/*"}}"#, "s3:GetObject",
            "GET /books/k|referer:http://a.test/x", true),
        Row(#"{"StringLike": {"aws:Referer": "http://a.test/*"}}"#, "s3:GetObject", "GET /books/k", false),
        Row(#"{"StringEquals": {"aws:UserAgent": "a"}}"#, "s3:GetObject", "GET /books/k|user-agent:a", true),
        Row(#"{"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}"#, "s3:GetObject", "GET /books/k", true),
        Row(#"{"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}"#, "s3:GetObject", "GET /books/k", false),
        Row(#"{"Bool": {"aws:SecureTransport": "true"}}"#, "s3:GetObject", "GET /books/k", false),
        Row(#"{"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}"#, "s3:GetObject", "GET /books/k", true),
        Row(#"{"NumericGreaterThan": {"aws:EpochTime": "1600000000"}}"#, "s3:GetObject", "GET /books/k", true),
        Row(#"{"DateLessThan": {"aws:EpochTime": "1600000000"}}"#, "s3:GetObject", "GET /books/k", false),
        Row(#"{"StringEquals": {"aws:PrincipalType": "Anonymous"}}"#, "s3:GetObject", "GET /books/k", true),
        Row(#"{"Null": {"aws:PrincipalArn": "true"}}"#, "s3:GetObject", "GET /books/k", true),
        Row(#"{"Null": {"s3:authType": "true"}}"#, "s3:GetObject", "GET /books/k", true),
        Row(#"{"StringEquals": {"aws:RequestedRegion": "us-east-1"}}"#, "s3:GetObject", "GET /books/k", true),
        Row(#"{"StringEquals": {"s3:ResourceAccount": "1"}}"#, "s3:GetObject", "GET /books/k", false),
        Row(#"{"Null": {"aws:MultiFactorAuthPresent": "true"}}"#, "s3:GetObject", "GET /books/k", true),
        Row(#"{"StringEquals": {"s3:ExistingObjectTag/open": "yes"}}"#, "s3:GetObject", "GET /books/tagged", true),
        Row(#"{"StringEquals": {"s3:ExistingObjectTag/OPEN": "yes"}}"#, "s3:GetObject", "GET /books/tagged", true),
        Row(#"{"StringEquals": {"s3:ExistingObjectTag/open": "no"}}"#, "s3:GetObject", "GET /books/tagged", false),
        Row(#"{"StringEquals": {"s3:ExistingObjectTag/open": "yes"}}"#, "s3:GetObject", "GET /books/k", false),
        Row(
            #"{"StringEquals": {"s3:RequestObjectTag/a": "1"}}"#, "s3:PutObject*", "PUT /books/n|x-amz-tagging:a=1",
            true),
        Row(
            #"{"StringEquals": {"s3:RequestObjectTag/a": "1"}}"#, "s3:PutObject*", "PUT /books/n|x-amz-tagging:a=2",
            false),
        Row(#"{"StringEquals": {"s3:RequestObjectTag/a": "1"}}"#, "s3:PutObject*", "PUT /books/n", false),
        Row(
            #"{"ForAllValues:StringEquals": {"s3:RequestObjectTagKeys": ["a", "b"]}}"#, "s3:PutObject*",
            "PUT /books/n|x-amz-tagging:b=1&a=2", true),
        Row(
            #"{"ForAllValues:StringEquals": {"s3:RequestObjectTagKeys": ["a", "b"]}}"#, "s3:PutObject*",
            "PUT /books/n|x-amz-tagging:a=1&c=2", false),
        Row(
            #"{"StringEquals": {"s3:x-amz-storage-class": "STANDARD_IA"}}"#, "s3:PutObject",
            "PUT /books/n|x-amz-storage-class:STANDARD_IA", true),
        Row(
            #"{"StringEquals": {"s3:x-amz-storage-class": "STANDARD_IA"}}"#, "s3:PutObject",
            "PUT /books/n|x-amz-storage-class:STANDARD", false),
        Row(
            #"{"StringEquals": {"s3:x-amz-server-side-encryption": "AES256"}}"#, "s3:PutObject",
            "PUT /books/n|x-amz-server-side-encryption:AES256", true),
        Row(#"{"StringEquals": {"s3:x-amz-server-side-encryption": "AES256"}}"#, "s3:PutObject", "PUT /books/n", false),
        Row(#"{"Null": {"s3:if-none-match": "false"}}"#, "s3:PutObject", "PUT /books/n|if-none-match:*", true),
        Row(#"{"Null": {"s3:if-none-match": "false"}}"#, "s3:PutObject", "PUT /books/n", false),
        Row(#"{"StringEquals": {"s3:x-amz-acl": "private"}}"#, "s3:PutObject", "PUT /books/n|x-amz-acl:private", true),
    ])
    func `A condition sees what the request carries`(row: Row) async throws {
        try await ServerFixture.with { fixture in
            try await fixture.makeBucket("books", "k")
            try #require(
                try await fixture.send("PUT", "/books/tagged", headers: [("x-amz-tagging", "open=yes")]).status == 200)
            let resource = row.action == "s3:ListBucket" ? "" : "/*"
            let put = try await Self.put(
                fixture, Self.statement("Allow", row.action, resource, row.testDescription))
            try #require(put.status == 204, "\(put.error?["Message"]?.text ?? "")")
            let words = row.request.split(separator: " ").map(String.init)
            let response = try await fixture.send(words[0], words[1], headers: row.headers, isSigned: false)
            #expect(response.status == (row.isAllowed ? 200 : 403), "\(response.errorCode ?? "")")
        }
    }

    /// Whatever form a header has, what is forbidden stays so, for the bucket's owner too; S3 lets no anonymous caller copy.
    @Test(arguments: ["books/secret", "/books/secret", "books/s%65cret", "%2Fbooks%2Fsecret"])
    func `Policies compare the decoded source of a copy`(source: String) async throws {
        try await ServerFixture.with { fixture in
            try await fixture.makeBucket("books", "secret")
            for (pattern, status) in [("books/s*", 403), ("books/t*", 200)] {
                let put = try await Self.put(
                    fixture,
                    Self.statement(
                        "Deny", "s3:PutObject", "/*", #"{"StringLike": {"s3:x-amz-copy-source": "\#(pattern)"}}"#))
                try #require(put.status == 204)
                let headers = [(name: "x-amz-copy-source", value: source)]
                #expect(try await fixture.send("PUT", "/books/n", headers: headers).status == status)
                #expect(try await fixture.send("PUT", "/books/n", headers: headers, isSigned: false).status == 403)
            }
        }
    }

    @Test func `Policies see the tags of a body, and not those of a header that is ignored`() async throws {
        try await ServerFixture.with { fixture in
            try await fixture.makeBucket("books", "k")
            let put = try await Self.put(
                fixture,
                Self.statement(
                    "Allow", "s3:PutObjectTagging", "/*", #"{"StringEquals": {"s3:RequestObjectTag/a": "1"}}"#))
            try #require(put.status == 204)
            func tag(_ tags: String, headers: [(name: String, value: String)] = []) async throws -> Int {
                let document = Array("<Tagging><TagSet>\(tags)</TagSet></Tagging>".utf8)
                let digest = base64(Digest.of(document, .md5))
                return try await fixture.send(
                    "PUT", "/books/k?tagging", headers: headers + [("content-md5", digest)], body: document,
                    isSigned: false
                ).status
            }
            #expect(try await tag("<Tag><Key>a</Key><Value>1</Value></Tag>") == 200)
            #expect(try await tag("<Tag><Key>a</Key><Value>2</Value></Tag>") == 403)
            #expect(try await tag("", headers: [("x-amz-tagging", "a=1")]) == 403)
        }
    }

    @Test func `Only the owner's account may access the policy, even if it allows others to`() async throws {
        try await ServerFixture.with { fixture in
            try await fixture.makeBucket("books")
            let put = try await Self.put(fixture, Self.statement("Allow", "s3:*BucketPolicy*", "", "{}"))
            try #require(put.status == 204)
            for (method, status) in [("GET", 405), ("PUT", 403), ("DELETE", 403)] {
                let response = try await fixture.send(method, "/books?policy", body: [], isSigned: false)
                #expect(response.status == status, "\(method): \(response.errorCode ?? "")")
            }
            #expect(try await fixture.send("GET", "/books?policyStatus", isSigned: false).status == 200)
        }
    }

    @Test func `The policy status says whether the policy is public`() async throws {
        try await ServerFixture.with { fixture in
            try await fixture.makeBucket("books")
            let none = try await fixture.send("GET", "/books?policyStatus")
            #expect(none.status == 404 && none.errorCode == "NoSuchBucketPolicy")
            for (condition, status) in [("{}", "true"), (#"{"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}"#, "false")] {
                _ = try await Self.put(fixture, Self.statement("Allow", "s3:GetObject", "/*", condition))
                let response = try await fixture.send("GET", "/books?policyStatus")
                #expect(response.text.contains("<IsPublic>\(status)</IsPublic>"))
            }
        }
    }
}
