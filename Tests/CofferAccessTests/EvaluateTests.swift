import CofferAccess
import CofferModel
import Testing

struct EvaluateTests {
    /// Whether each principal may read an object under a bucket policy: `+` or `-` for the anonymous one, the root,
    /// alice without a policy of her own, and bob with the read-only policy.
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let statements: [String]
        let outcome: String

        init(_ name: String, _ outcome: String, _ statements: String...) {
            testDescription = name
            self.outcome = outcome
            self.statements = statements.map {
                "\($0), \"Action\": \"s3:GetObject\", \"Resource\": \"arn:aws:s3:::books/*\""
            }
        }
    }

    private static let allowAll = "\"Effect\": \"Allow\", \"Principal\": \"*\""

    @Test(arguments: [
        Row("no policy", "-+-+"),
        Row("allow everyone", "++++", allowAll),
        Row("allow everyone, in the long form", "++++", "\"Effect\": \"Allow\", \"Principal\": {\"AWS\": \"*\"}"),
        Row("allow the account", "-+-+", "\"Effect\": \"Allow\", \"Principal\": {\"AWS\": \"111122223333\"}"),
        Row(
            "allow the account's root", "-+-+",
            "\"Effect\": \"Allow\", \"Principal\": {\"AWS\": \"arn:aws:iam::111122223333:root\"}"),
        Row("allow another account", "-+-+", "\"Effect\": \"Allow\", \"Principal\": {\"AWS\": \"444455556666\"}"),
        Row(
            "allow alice", "-+++",
            "\"Effect\": \"Allow\", \"Principal\": {\"AWS\": \"arn:aws:iam::111122223333:user/alice\"}"),
        Row(
            "allow an alice of another account", "-+-+",
            "\"Effect\": \"Allow\", \"Principal\": {\"AWS\": \"arn:aws:iam::444455556666:user/alice\"}"),
        Row(
            "allow a list", "-+++",
            "\"Effect\": \"Allow\", \"Principal\": {\"AWS\": [\"444455556666\", \"arn:aws:iam::111122223333:user/alice\"]}"
        ),
        Row(
            "allow the canonical user", "-+-+",
            "\"Effect\": \"Allow\", \"Principal\": {\"CanonicalUser\": \"\(Fixture.account.canonicalID)\"}"),
        Row("deny everyone", "----", "\"Effect\": \"Deny\", \"Principal\": \"*\""),
        Row("deny beats allow", "----", allowAll, "\"Effect\": \"Deny\", \"Principal\": \"*\""),
        Row("deny beats allow in either order", "----", "\"Effect\": \"Deny\", \"Principal\": \"*\"", allowAll),
        Row("deny the account", "+---", allowAll, "\"Effect\": \"Deny\", \"Principal\": {\"AWS\": \"111122223333\"}"),
        Row(
            "deny the canonical user", "+---", allowAll,
            "\"Effect\": \"Deny\", \"Principal\": {\"CanonicalUser\": \"\(Fixture.account.canonicalID)\"}"),
        Row(
            "deny another account", "++++", allowAll, "\"Effect\": \"Deny\", \"Principal\": {\"AWS\": \"444455556666\"}"
        ),
        Row(
            "deny alice", "++-+", allowAll,
            "\"Effect\": \"Deny\", \"Principal\": {\"AWS\": \"arn:aws:iam::111122223333:user/alice\"}"),
        Row(
            "deny all but the root and alice", "-++-", allowAll,
            "\"Effect\": \"Deny\", \"NotPrincipal\": {\"AWS\": [\"111122223333\", \"arn:aws:iam::111122223333:user/alice\"]}"
        ),
        Row(
            "deny all but the root", "-+--", allowAll,
            "\"Effect\": \"Deny\", \"NotPrincipal\": {\"AWS\": \"111122223333\"}"),
    ])
    func `Principals and statements decide together`(row: Row) throws {
        let list = row.statements.map { "{\($0)}" }.joined(separator: ",")
        let policy = try row.statements.isEmpty ? nil : Fixture.parse("{\"Statement\": [\(list)]}")
        let identity = [ManagedPolicy.amazonS3ReadOnlyAccess.policy]
        let decisions = [
            Fixture.decide(.anonymous, under: policy), Fixture.decide(Fixture.root, under: policy),
            Fixture.decide(Fixture.alice, under: policy),
            Fixture.decide(Fixture.bob, identity: identity, under: policy),
        ]
        #expect(decisions.map { $0.isAllowed ? "+" : "-" }.joined() == row.outcome)
    }

    @Test(arguments: [
        ("\"s3:GetObject\"", true), ("\"s3:*\"", true), ("\"*\"", true), ("\"s3:Get*\"", true),
        ("\"S3:GETOBJECT\"", true),
        ("\"s3:GetObj?ct\"", true), ("[\"s3:PutObject\", \"s3:GetObject\"]", true), ("\"s3:*Object\"", true),
        ("\"s3:GetObjectAcl\"", false), ("\"s3:PutObject\"", false), ("\"s3:GetObject?*\"", false),
    ])
    func `An action is named in any case, with wildcards`(action: String, matches: Bool) throws {
        let rest = "\"Effect\": \"Allow\", \"Principal\": \"*\", \"Resource\": \"arn:aws:s3:::books/*\""
        #expect(Fixture.decide(under: try Fixture.policy("\(rest), \"Action\": \(action)")).isAllowed == matches)
        #expect(Fixture.decide(under: try Fixture.policy("\(rest), \"NotAction\": \(action)")).isAllowed != matches)
    }

    @Test(arguments: [
        ("arn:aws:s3:::books/*", "arn:aws:s3:::books/a/b.csv", true),
        ("arn:aws:s3:::books/*", "arn:aws:s3:::books", false),
        ("arn:aws:s3:::books*", "arn:aws:s3:::books", true), ("arn:aws:s3:::books", "arn:aws:s3:::books/a", false),
        ("arn:aws:s3:::books/a/*", "arn:aws:s3:::books/a/b", true),
        ("arn:aws:s3:::books/a/*", "arn:aws:s3:::books/A/b", false),
        ("arn:aws:s3:::books/a?c", "arn:aws:s3:::books/abc", true),
        ("arn:aws:s3:::books/a?c", "arn:aws:s3:::books/ac", false),
        ("arn:aws:s3:::books/*.csv", "arn:aws:s3:::books/x/y.csv", true),
        ("arn:aws:s3:::books/a", "arn:aws:s3:::books/a ", false),
        ("arn:aws:s3:::books/\u{e9}", "arn:aws:s3:::books/\u{e9}", true),
        ("arn:aws:s3:::books/\u{e9}", "arn:aws:s3:::books/e\u{301}", false),
    ])
    func `A resource is named to the letter, with wildcards`(pattern: String, resource: String, matches: Bool) throws {
        let rest = "\"Effect\": \"Allow\", \"Principal\": \"*\", \"Action\": \"s3:*\""
        let named = try Fixture.policy("\(rest), \"Resource\": \"\(pattern)\"")
        let others = try Fixture.policy("\(rest), \"NotResource\": \"\(pattern)\"")
        #expect(Fixture.decide(resource: resource, under: named).isAllowed == matches)
        #expect(Fixture.decide(resource: resource, under: others).isAllowed != matches)
    }

    @Test(arguments: [
        (ManagedPolicy.administratorAccess, "s3:DeleteBucket", true), (.amazonS3FullAccess, "s3:DeleteBucket", true),
        (.amazonS3FullAccess, "iam:CreateUser", false), (.administratorAccess, "iam:CreateUser", true),
        (.amazonS3ReadOnlyAccess, "s3:GetObject", true), (.amazonS3ReadOnlyAccess, "s3:ListBucket", true),
        (.amazonS3ReadOnlyAccess, "s3:PutObject", false), (.amazonS3ReadOnlyAccess, "s3:DeleteObject", false),
    ])
    func `A managed policy allows what its name says`(policy: ManagedPolicy, action: String, isAllowed: Bool) {
        #expect(
            Fixture.decide(Fixture.bob, action: action, identity: [policy.policy], under: nil).isAllowed == isAllowed)
    }

    @Test func `The root always reaches the bucket's policy, and nothing else that is denied`() throws {
        let everything = try Fixture.policy(
            "\"Effect\": \"Deny\", \"Principal\": \"*\", \"Action\": \"s3:*\", \"Resource\": [\"arn:aws:s3:::books\", \"arn:aws:s3:::books/*\"]"
        )
        let full = [ManagedPolicy.amazonS3FullAccess.policy]
        for action in ["s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"] {
            #expect(
                Fixture.decide(Fixture.root, action: action, resource: "arn:aws:s3:::books", under: everything)
                    .isAllowed)
            #expect(
                !Fixture.decide(
                    Fixture.bob, action: action, resource: "arn:aws:s3:::books", identity: full, under: everything
                )
                .isAllowed)
            #expect(!Fixture.decide(action: action, resource: "arn:aws:s3:::books", under: everything).isAllowed)
        }
        #expect(
            !Fixture.decide(Fixture.root, action: "s3:ListBucket", resource: "arn:aws:s3:::books", under: everything)
                .isAllowed
        )
        #expect(!Fixture.decide(Fixture.root, under: everything).isAllowed)
    }

    @Test func `A decision says which statement made it`() throws {
        let rest = "\"Principal\": \"*\", \"Action\": \"s3:GetObject\", \"Resource\": \"arn:aws:s3:::books/*\""
        let allow = "\"Sid\": \"Open\", \"Effect\": \"Allow\", \(rest)"
        let deny = "\"Sid\": \"Shut\", \"Effect\": \"Deny\", \(rest)"
        func words(_ decision: Decision) -> String { decision.description }
        #expect(
            words(Fixture.decide(under: try Fixture.policy(allow)))
                == "allowed by statement \"Open\" of the resource policy")
        let shut = "denied by statement \"Shut\" of the resource policy"
        #expect(words(Fixture.decide(under: try Fixture.policy(allow, deny))) == shut)
        #expect(words(Fixture.decide(under: try Fixture.policy(deny))) == shut)
        #expect(
            Fixture.decide(action: "s3:PutObject", under: try Fixture.policy(allow)) == .notAllowed(by: .anyPolicy))
        #expect(Fixture.decide(under: nil) == .notAllowed(by: .anyPolicy))
    }

    @Test func `All conditions of a statement must hold`() throws {
        let policy = try Fixture.policy(
            """
            "Effect": "Allow", "Principal": "*", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::books",
            "Condition": {"StringEquals": {"s3:prefix": ["a/", "b/"], "s3:delimiter": "/"},
                          "IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}
            """)
        let good = ["s3:prefix": "b/", "s3:delimiter": "/", "aws:sourceip": "10.1.2.3"]
        func isAllowed(_ values: [String: String]) -> Bool {
            Fixture.decide(action: "s3:ListBucket", resource: "arn:aws:s3:::books", values: values, under: policy)
                .isAllowed
        }
        #expect(isAllowed(good))
        for (key, other) in [("s3:prefix", "c/"), ("s3:delimiter", ","), ("aws:sourceip", "11.1.2.3")] {
            #expect(!isAllowed(good.merging([key: other]) { $1 }))
            #expect(!isAllowed(good.filter { $0.key != key }))
        }
    }
}
