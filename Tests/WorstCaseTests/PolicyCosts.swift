import CofferAccess
import CofferModel
import Testing

/// Policies of buckets and identities: reading them, and deciding by them.
@Suite(.serialized) struct PolicyWorstCases {
    private static let account = Account(id: "111122223333", canonicalID: "a")
    private static let head = #"{"Version":"2012-10-17","Statement":["#

    private static func statements(_ byteCount: Int, principal: Bool, _ member: (Int) -> String) -> [UInt8] {
        let principal = principal ? #""Principal":"*","# : ""
        var text = head
        var index = 0
        while true {
            let statement = #"{"Effect":"Allow",\#(principal)\#(member(index))}"#
            guard text.utf8.count + statement.utf8.count + 3 <= byteCount else { break }
            text += (index == 0 ? "" : ",") + statement
            index += 1
        }
        return Array((text + "]}").utf8)
    }

    private static let about = #""Action":"s3:GetObject","Resource":"arn:aws:s3:::books/*""#

    /// Members of a statement by which a policy is filled.
    private static func cases(_ byteCount: Int) -> [(name: String, member: (Int) -> String)] {
        let room = byteCount - 300
        return [
            ("small statements", { _ in about }),
            ("statements with ids", { "\"Sid\":\"\($0)\",\(about)" }),
            ("actions", { _ in #""Action":[\#(fill(room, "\"s3:*\",")) "s3:*"],"Resource":"arn:aws:s3:::books/*""# }),
            (
                "actions and resources",
                { _ in
                    #""Action":[\#(fill(room / 2, "\"s3:*Acl\",")) "s3:*Acl"],"#
                        + #""Resource":[\#(fill(room / 2, "\"arn:aws:s3:::books/*\",")) "arn:aws:s3:::books/*"]"#
                }
            ),
            (
                "a long action", { _ in #""Action":"s3:\#(fill(room, "*a"))*","Resource":"arn:aws:s3:::books/*""# }
            ),
            (
                "resources of stars",
                { _ in #""Action":"s3:*","Resource":["arn:aws:s3:::books/\#(fill(room, "*a"))b"]"# }
            ),
            (
                "a resource that is long behind a star",
                { _ in #""Action":"s3:*","Resource":["arn:aws:s3:::books/*\#(fill(room, "a"))b"]"# }
            ),
            (
                "many resources behind a star",
                { _ in #""Action":"s3:GetObject","Resource":["arn:aws:s3:::books/*\#(fill(500, "a"))b"]"# }
            ),
            (
                "variables",
                { _ in #""Action":"s3:*","Resource":"arn:aws:s3:::books/\#(fill(room, "${aws:UserAgent}"))""# }
            ),
            (
                "a header behind a star",
                { _ in #"\#(about),"Condition":{"StringLike":{"aws:UserAgent":"*\#(fill(room - 200, "a"))b"}}"# }
            ),
            (
                "a header behind many stars",
                { _ in #"\#(about),"Condition":{"StringLike":{"aws:UserAgent":"\#(fill(room - 200, "*?a"))b"}}"# }
            ),
            (
                "a header in a pattern",
                { _ in
                    #"\#(about),"Condition":{"StringLike":{"aws:Referer":["\#(fill(room - 400, "*?${aws:UserAgent}"))b"]}}"#
                }
            ),
            (
                "headers without case",
                { _ in #"\#(about),"Condition":{"StringEqualsIgnoreCase":{"aws:UserAgent":["\#(fill(100, "a"))"]}}"# }
            ),
            (
                "numbers", { _ in #"\#(about),"Condition":{"NumericLessThan":{"s3:max-keys":["1","2"]}}"# }
            ),
            ("networks", { #"\#(about),"Condition":{"IpAddress":{"aws:SourceIp":["10.0.\#($0 % 256).0/24"]}}"# }),
            ("dates", { _ in #"\#(about),"Condition":{"DateLessThan":{"aws:CurrentTime":["2026-01-01T00:00:00Z"]}}"# }),
            ("ARNs", { _ in #"\#(about),"Condition":{"ArnLike":{"aws:PrincipalArn":["arn:*:*:*:*:*a*a*a*b"]}}"# }),
            (
                "marks",
                { _ in
                    #"\#(about),"Condition":{"StringLike":{"aws:UserAgent":"a\#(fill(room - 300, "a" + fill(100, marks)))"}}"#
                }
            ),
            (
                "marks as ids",
                { _ in #""Sid":"\#(fill(100, marks))","Action":"s3:*","Resource":"arn:aws:s3:::books/*""# }
            ),
        ]
    }

    /// A request whose texts are as long as those of a request can be.
    private static func request() -> AccessRequest {
        AccessRequest(
            principal: .root(account), action: "s3:GetObject",
            resource: "arn:aws:s3:::books/" + fill(1024, "a"), resourceAccount: "444455556666",
            value: { key in
                switch key.name {
                case .userAgent, .referer: [fill(16 << 10, "a")]
                case .maxKeys: [fill(8 << 10, "1")]
                case .sourceIP: ["10.1.2.3"]
                case .currentTime: ["2026-11-23T00:00:00Z"]
                case .principalARN: ["arn:aws:iam::111122223333:" + fill(600, "a")]
                default: nil
                }
            })
    }

    @Test func `A bucket's policy of 20 KiB`() throws {
        let bucket = try BucketName(String("books"))
        for (name, member) in Self.cases(Limits.policyByteCount) {
            let document = Self.statements(Limits.policyByteCount, principal: true, member)
            WorstCase.check("bucket policy, \(name), \(document.count) bytes") {
                _ = try Policy(document: document, bucket: bucket)
            }
            guard let policy = try? Policy(document: document, bucket: bucket) else { continue }
            let request = Self.request()
            WorstCase.check("bucket policy, \(name): a decision") {
                _ = try evaluate(request, PolicySet(resource: policy))
            }
            WorstCase.check("bucket policy, \(name): is it public") { _ = policy.isPublic }
        }
    }

    @Test func `Ten managed policies`() {
        for (name, member) in Self.cases(6144) {
            let document = Self.statements(6144, principal: false, member)
            WorstCase.check("identity's policy, \(name), \(document.count) bytes") {
                _ = try Policy(identityDocument: document)
            }
            guard let policy = try? Policy(identityDocument: document) else { continue }
            let request = Self.request()
            let policies = PolicySet(
                identity: Array(repeating: policy, count: 110), boundary: policy,
                session: Array(repeating: policy, count: 11))
            WorstCase.check("all policies of a user in ten groups, \(name): a decision") {
                _ = try evaluate(request, policies)
            }
        }
    }

    @Test func `An identity's document of 128 KiB`() {
        for (name, member) in Self.cases(131_072) {
            let document = Self.statements(131_072, principal: false, member)
            WorstCase.check("document, \(name), \(document.count) bytes") { _ = try Policy(identityDocument: document) }
            WorstCase.check("document, \(name): positions") { _ = StatementPositions.spans(in: document) }
        }
    }
}
