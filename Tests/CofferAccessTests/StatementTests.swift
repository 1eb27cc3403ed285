import CofferAccess
import CofferModel
import Testing

/// Statements that say what they are not about, and statements side by side.
///
/// Source: IAM User Guide, "NotAction", "NotResource", "NotPrincipal" and "Policy evaluation logic".
struct StatementTests {
    /// Statements of the bucket's policy, and whether somebody without keys may get `a.csv`, get `private/a.csv`, put
    /// `a.csv`, delete `a.csv`, list the bucket, and read its policy.
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let statements: [String]

        init(_ outcomes: String, _ statements: String...) {
            testDescription = outcomes
            self.statements = statements
        }
    }

    private static let requests = [
        ("s3:GetObject", "/a.csv"), ("s3:GetObject", "/private/a.csv"), ("s3:PutObject", "/a.csv"),
        ("s3:DeleteObject", "/a.csv"), ("s3:ListBucket", ""), ("s3:GetBucketPolicy", ""),
    ]

    private static let everywhere = #""arn:aws:s3:::books", "arn:aws:s3:::books/*""#
    private static let everything = #"allow: "Action": "s3:*", "Resource": [\#(everywhere)]"#

    @Test(arguments: [
        Row("++++++", everything), Row("++++--", #"allow: "Action": "s3:*", "Resource": "arn:aws:s3:::books/*""#),
        Row("----++", #"allow: "Action": "s3:*", "Resource": "arn:aws:s3:::books""#),
        Row("++++++", #"allow: "Action": "*", "Resource": "arn:aws:s3:::books*""#),
        Row("--++++", #"allow: "NotAction": "s3:GetObject", "Resource": [\#(everywhere)]"#),
        Row("+++---", #"allow: "NotAction": ["s3:Delete*", "s3:*Bucket*"], "Resource": [\#(everywhere)]"#),
        Row(
            "++---+",
            #"allow: "NotAction": ["s3:PutObject", "s3:DeleteObject", "s3:ListBucket"], "Resource": [\#(everywhere)]"#),
        Row("------", #"allow: "NotAction": "s3:*", "Resource": [\#(everywhere)]"#),
        Row("+-++++", #"allow: "Action": "s3:*", "NotResource": "arn:aws:s3:::books/private/*""#),
        Row("----++", #"allow: "Action": "s3:*", "NotResource": "arn:aws:s3:::books/*""#),
        Row("++++--", #"allow: "Action": "s3:*", "NotResource": "arn:aws:s3:::books""#),
        Row("------", #"allow: "Action": "s3:*", "NotResource": [\#(everywhere)]"#),
        Row("-+----", #"allow: "Action": "s3:*", "NotResource": ["arn:aws:s3:::books", "arn:aws:s3:::books/a.csv"]"#),
        Row("--++++", #"allow: "NotAction": "s3:GetObject", "NotResource": "arn:aws:s3:::books/private/*""#),
        Row(
            "+---++",
            #"allow: "NotAction": ["s3:PutObject", "s3:DeleteObject"], "NotResource": "arn:aws:s3:::books/private/*""#),
        Row("----+-", #"allow: "NotAction": "s3:GetBucketPolicy", "NotResource": "arn:aws:s3:::books/*""#),
        Row("++-+++", everything, #"deny: "Action": "s3:PutObject", "Resource": "arn:aws:s3:::books/*""#),
        Row("++----", everything, #"deny: "NotAction": "s3:GetObject", "Resource": [\#(everywhere)]"#),
        Row("++--++", everything, #"deny: "NotAction": "s3:GetObject", "Resource": "arn:aws:s3:::books/*""#),
        Row("-+----", everything, #"deny: "Action": "s3:*", "NotResource": "arn:aws:s3:::books/private/*""#),
        Row("-+++++", everything, #"deny: "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::books/private/*""#),
        Row("++----", everything, #"deny: "NotAction": "s3:GetObject", "NotResource": "arn:aws:s3:::books/private/*""#),
        Row(
            "+---++", everything, #"deny: "NotAction": "s3:GetObject", "Resource": "arn:aws:s3:::books/*""#,
            #"deny: "Action": "s3:*", "Resource": "arn:aws:s3:::books/private/*""#),
        Row(
            "+----+", #"allow: "Action": "s3:GetObject", "Resource": "arn:aws:s3:::books/a.csv""#,
            #"allow: "Action": "s3:GetBucketPolicy", "Resource": "arn:aws:s3:::books""#),
        Row("------", #"deny: "Action": "s3:*", "Resource": [\#(everywhere)]"#, everything),
        Row("------", #"deny: "NotAction": "s3:CreateBucket", "Resource": [\#(everywhere)]"#, everything),
        Row("++++++", everything, #"deny: "Action": "s3:*", "NotResource": [\#(everywhere)]"#),
        Row("+-----", #"allow: "Action": "s3:Get*", "Resource": "arn:aws:s3:::books/?.csv""#),
        Row("++----", #"allow: "Action": "s3:?etObject", "Resource": "arn:aws:s3:::books/*a.csv""#),
        Row("+-----", #"allow: "Action": "s3:GETOBJECT", "Resource": "arn:aws:s3:::books/a*""#),
        Row("------", #"allow: "Action": "s3:GetObject", "Resource": "arn:aws:s3:::books/A*""#),
    ])
    func `What a statement is about and what it is not`(row: Row) throws {
        let statements = row.statements.map { text in
            let isAllow = text.hasPrefix("allow: ")
            let rest = text.dropFirst(isAllow ? 7 : 6)
            return #""Effect": "\#(isAllow ? "Allow" : "Deny")", "Principal": "*", \#(rest)"#
        }
        let policy = try Fixture.policy(list: statements)
        let outcomes = Self.requests.map { action, path in
            Fixture.decide(action: action, resource: "arn:aws:s3:::books\(path)", under: policy).isAllowed ? "+" : "-"
        }.joined()
        #expect(outcomes == row.testDescription, "\(row.statements)")
    }

    /// Who is left out by `NotPrincipal`, from what: each row is a denial beside an allowance for everyone, and the
    /// outcomes are those of getting and of putting an object, for anonymous, the root, alice, and bob.
    @Test(arguments: [
        (#""NotPrincipal": {"AWS": "111122223333"}, "Action": "s3:GetObject", "Resource": "R""#, "-+-- ++++"),
        (
            #""NotPrincipal": {"AWS": ["111122223333", "U/alice"]}, "Action": "s3:GetObject", "Resource": "R""#,
            "-++- ++++"
        ),
        (
            #""NotPrincipal": {"AWS": ["111122223333", "U/alice", "U/bob"]}, "Action": "s3:*", "Resource": "R""#,
            "-+++ -+++"
        ),
        (
            #""NotPrincipal": {"AWS": ["111122223333", "U/alice"]}, "NotAction": "s3:GetObject", "Resource": "R""#,
            "++++ -++-"
        ),
        (#""NotPrincipal": {"AWS": "111122223333"}, "Action": "s3:*", "NotResource": "R""#, "++++ ++++"),
        (#""NotPrincipal": {"AWS": "111122223333"}, "NotAction": "s3:PutObject", "NotResource": "B/x/*""#, "-+-- ++++"),
        (#""NotPrincipal": {"AWS": "444455556666"}, "Action": "s3:PutObject", "Resource": "R""#, "++++ ----"),
        (#""Principal": {"AWS": "U/alice"}, "NotAction": "s3:GetObject", "Resource": "R""#, "++++ ++-+"),
        (#""Principal": {"AWS": "U/alice"}, "Action": "s3:*", "NotResource": "B/x/*""#, "++-+ ++-+"),
        (#""Principal": {"AWS": ["U/alice", "U/bob"]}, "Action": "s3:GetObject", "Resource": "R""#, "++-- ++++"),
        (#""Principal": {"AWS": "111122223333"}, "Action": "s3:GetObject", "Resource": "R""#, "+--- ++++"),
        (
            #""NotPrincipal": {"AWS": "111122223333"}, "Action": "s3:GetObject", "Resource": "R", "Condition": {"StringEquals": {"aws:Referer": "x"}}"#,
            "++++ ++++"
        ),
        (
            #""NotPrincipal": {"AWS": "111122223333"}, "Action": "s3:GetObject", "Resource": "R", "Condition": {"StringNotEquals": {"aws:Referer": "x"}}"#,
            "-+-- ++++"
        ),
    ])
    func `Who is meant and what is meant are asked together`(denial: String, outcomes: String) throws {
        let statement = denial.replacing("U/", with: "arn:aws:iam::111122223333:user/")
            .replacing("\"R\"", with: "\"arn:aws:s3:::books/*\"").replacing("B/", with: "arn:aws:s3:::books/")
        let policy = try Fixture.policy(
            #""Effect": "Allow", "Principal": "*", "Action": "s3:*Object", "Resource": "arn:aws:s3:::books/*""#,
            #""Effect": "Deny", \#(statement)"#)
        let found = ["s3:GetObject", "s3:PutObject"].map { action in
            [Principal.anonymous, Fixture.root, Fixture.alice, Fixture.bob].map {
                Fixture.decide($0, action: action, under: policy).isAllowed ? "+" : "-"
            }.joined()
        }.joined(separator: " ")
        #expect(found == outcomes)
    }

    /// Several values of a key are alternatives, several keys and operators are all asked: the request's prefix, delimiter
    /// and address.
    @Test(
        arguments: [
            (#"{"StringEquals": {"s3:prefix": ["a/", "b/"]}}"#, "a/", "/", "10.0.0.1", true),
            (#"{"StringEquals": {"s3:prefix": ["a/", "b/"]}}"#, "c/", "/", "10.0.0.1", false),
            (#"{"StringEquals": {"s3:prefix": "a/", "s3:delimiter": "/"}}"#, "a/", "/", "10.0.0.1", true),
            (#"{"StringEquals": {"s3:prefix": "a/", "s3:delimiter": "/"}}"#, "a/", "-", "10.0.0.1", false),
            (#"{"StringEquals": {"s3:prefix": "a/", "s3:delimiter": "/"}}"#, "a/", nil, "10.0.0.1", false),
            (#"{"StringEquals": {"s3:prefix": "a/"}, "StringLike": {"s3:prefix": "a*"}}"#, "a/", nil, nil, true),
            (#"{"StringLike": {"s3:prefix": "a*"}, "StringNotLike": {"s3:prefix": "*/x"}}"#, "a/x", nil, nil, false),
            (#"{"StringLike": {"s3:prefix": "a*"}, "StringNotLike": {"s3:prefix": "*/x"}}"#, "a/y", nil, nil, true),
            (
                #"{"StringEquals": {"s3:prefix": "a/"}, "IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}"#, "a/", nil,
                "11.0.0.1", false
            ),
            (
                #"{"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}, "NotIpAddress": {"aws:SourceIp": "10.0.0.1"}}"#, nil,
                nil, "10.0.0.1", false
            ),
            (
                #"{"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}, "NotIpAddress": {"aws:SourceIp": "10.0.0.1"}}"#, nil,
                nil, "10.0.0.2", true
            ),
            (#"{"StringNotEquals": {"s3:prefix": ["a/", "b/"]}}"#, "b/", nil, nil, false),
            (#"{"StringNotEquals": {"s3:prefix": ["a/", "b/"]}}"#, "c/", nil, nil, true),
            (#"{"StringNotEquals": {"s3:prefix": "a/", "s3:delimiter": "/"}}"#, "b/", "/", nil, false),
            (#"{"StringEqualsIfExists": {"s3:prefix": "a/"}, "Null": {"s3:delimiter": "true"}}"#, nil, nil, nil, true),
            (#"{"StringEqualsIfExists": {"s3:prefix": "a/"}, "Null": {"s3:delimiter": "true"}}"#, nil, "/", nil, false),
            (#"{"StringEquals": {"s3:prefix": "a/"}, "Null": {"s3:prefix": "false"}}"#, "a/", nil, nil, true),
            (#"{"Null": {"s3:prefix": ["true", "false"]}}"#, nil, nil, nil, true), (#"{}"#, nil, nil, nil, true),
        ] as [(String, String?, String?, String?, Bool)])
    func `All operators and keys must hold, and one value of each`(
        condition: String, prefix: String?, delimiter: String?, address: String?, holds: Bool
    ) throws {
        let rest = #""Principal": "*", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::books""#
        let conditional = #"\#(rest), "Condition": \#(condition)"#
        let pairs = [("s3:prefix", prefix), ("s3:delimiter", delimiter), ("aws:sourceip", address)]
        let values = Dictionary(uniqueKeysWithValues: pairs.compactMap { key, value in value.map { (key, $0) } })
        func isAllowed(_ policy: Policy) -> Bool {
            Fixture.decide(action: "s3:ListBucket", resource: "arn:aws:s3:::books", values: values, under: policy)
                .isAllowed
        }
        #expect(isAllowed(try Fixture.policy(#""Effect": "Allow", \#(conditional)"#)) == holds)
        #expect(
            isAllowed(try Fixture.policy(#""Effect": "Allow", \#(rest)"#, #""Effect": "Deny", \#(conditional)"#))
                != holds)
    }
}
