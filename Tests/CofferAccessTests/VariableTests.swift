import CofferAccess
import CofferModel
import Testing

/// Policy variables, in resources and in conditions.
///
/// Source: IAM User Guide, "IAM policy elements: Variables and tags".
struct VariableTests {
    @Test(arguments: [
        ("home/${aws:username}/*", "home/alice/a", "alice", true),
        ("home/${aws:username}/*", "home/bob/a", "alice", false), ("home/${aws:username}", "home/alice", "alice", true),
        ("home/${AWS:UserName}", "home/alice", "alice", true), ("home/${ aws:username }", "home/alice", "alice", true),
        ("${aws:username}${aws:username}", "aliceAlice", "alice", false),
        ("${aws:username}${aws:username}", "alicealice", "alice", true),
        ("${aws:username}-${aws:userid}", "alice-", "alice", false),
        // A value is text, whatever stands in it.
        ("home/${aws:username}/*", "home/bob/a", "*", false), ("home/${aws:username}/*", "home/*/a", "*", true),
        ("home/${aws:username}", "home/b", "?", false), ("home/${aws:username}", "home/?", "?", true),
        ("home/${aws:username}", "home/alice", "${aws:username}", false),
        ("home/${aws:username}", "home/${aws:username}", "${aws:username}", true),
        ("home/${aws:username}/*", "home/a/b/c", "a/b", true), ("home/${aws:username}", "home/", "", true),
        ("home/${aws:username}*", "home/al*ce", "al*", true), ("home/${aws:username}*", "home/alice", "al*", false),
        // The characters themselves.
        ("a${*}b", "a*b", "alice", true), ("a${*}b", "axb", "alice", false), ("a${?}", "a?", "alice", true),
        ("a${?}", "ab", "alice", false), ("${$}{aws:username}", "${aws:username}", "alice", true),
        ("${$}x", "$x", "alice", true), ("cost$", "cost$", "alice", true),
        ("$${aws:username}", "$alice", "alice", true),
        // Texts for requests without a value.
        ("${aws:userid, 'nobody'}", "nobody", "alice", true), ("${aws:userid,'nobody'}", "nobody", "alice", true),
        ("${aws:username, 'nobody'}", "alice", "alice", true), ("${aws:username, 'nobody'}", "nobody", "alice", false),
        ("${aws:userid, '*'}", "x", "alice", false), ("${aws:userid, 'a}b'}", "a}b", "alice", true),
        ("${aws:userid, ''}x", "x", "alice", true),
        // Without either nothing is meant.
        ("${aws:userid}", "", "alice", false), ("x/${aws:userid}", "x/", "alice", false),
        ("${aws:userid}*", "anything", "alice", false),
        // Several of them, with wildcards and texts beside.
        ("${aws:username}/*/${aws:username}", "alice/x/alice", "alice", true),
        ("${aws:username}/*/${aws:username}", "alice/x/bob", "alice", false),
        ("?${aws:username}?", "-alice-", "alice", true), ("?${aws:username}?", "alice", "alice", false),
        ("${aws:username}${*}", "alice*", "alice", true), ("${aws:username}${*}", "alicex", "alice", false),
        ("${aws:username, 'a'}-${aws:userid, 'b'}", "alice-b", "alice", true),
        ("${aws:userid, '${aws:username}'}", "${aws:username}", "alice", true),
        ("home/${aws:username}/*", "home/alice", "alice", false),
        ("home/${aws:username}/*", "home/alice/", "alice", true),
        ("home/${aws:username}", "home/ALICE", "alice", false), ("${aws:username}", "ümläut", "ümläut", true),
        ("${aws:username}", "..", "..", true), ("${aws:username}/../x", "alice/../x", "alice", true),
        ("${aws:PrincipalTag/team, 'none'}/*", "none/a", "alice", true),
    ])
    func `A resource with variables`(pattern: String, key: String, userName: String, matches: Bool) throws {
        let policy = try Fixture.policy(
            #""Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::books/\#(pattern)""#
        )
        let isAllowed = Fixture.decide(
            resource: "arn:aws:s3:::books/\(key)", values: ["aws:username": userName], under: policy
        ).isAllowed
        #expect(isAllowed == matches)
    }

    @Test(arguments: [
        ("StringEquals", "${aws:username}", "alice", true), ("StringEquals", "${aws:username}", "bob", false),
        ("StringLike", "${aws:username}/*", "alice/x", true), ("StringLike", "${aws:username}/*", "bob/x", false),
        ("StringNotEquals", "${aws:username}", "alice", false), ("StringNotEquals", "${aws:username}", "bob", true),
        ("StringEqualsIgnoreCase", "${aws:username}", "ALICE", true),
        ("StringEquals", "a${*}", "a*", true), ("StringLike", "a${*}", "ab", false),
        ("StringLike", "${aws:PrincipalTag/team}/*", "red/x", true),
        ("StringLike", "${aws:PrincipalTag/TEAM}/*", "red/x", true),
        ("StringLike", "${aws:PrincipalTag/other}/*", "red/x", false),
        ("StringEquals", "${aws:userid, 'nobody'}", "nobody", true),
        // What cannot be told opens nothing, in either sense.
        ("StringEquals", "${aws:userid}", "", false), ("StringNotEquals", "${aws:userid}", "x", false),
        ("StringNotLike", "${aws:userid}*", "x", false),
        ("StringLike", "*/${aws:username}", "x/alice", true), ("StringLike", "${aws:username}${?}", "alice?", true),
        ("StringLike", "${aws:username}${?}", "alicex", false), ("StringLike", "${aws:username}?", "alicex", true),
        ("StringEquals", "${aws:username}*", "alice*", true), ("StringEquals", "${aws:username}*", "alicex", false),
        ("StringEqualsIgnoreCase", "${aws:PrincipalTag/team}", "RED", true),
        ("StringNotEqualsIgnoreCase", "${aws:PrincipalTag/team}", "RED", false),
        ("StringEquals", "${aws:PrincipalTag/other, 'blue'}", "blue", true),
        ("StringEquals", "${aws:PrincipalTag/team, 'blue'}", "blue", false),
        ("StringNotLike", "${aws:username}/*", "alice/x", false), ("StringNotLike", "${aws:username}/*", "bob/x", true),
        ("StringEqualsIfExists", "${aws:username}", "bob", false),
        ("StringEqualsIfExists", "${aws:userid}", "x", false),
        ("ForAnyValue:StringEquals", "${aws:username}", "alice", true),
        ("ForAllValues:StringEquals", "${aws:username}", "bob", false), ("StringLike", "${s3:prefix}", "any", true),
    ])
    func `A condition with variables`(name: String, value: String, prefix: String, holds: Bool) throws {
        let policy = try Fixture.policy(
            """
            "Effect": "Allow", "Principal": "*", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::books",
            "Condition": {"\(name)": {"s3:prefix": "\(value)"}}
            """)
        let values = ["aws:username": "alice", "s3:prefix": prefix, "aws:principaltag/team": "red"]
        let decision = Fixture.decide(
            action: "s3:ListBucket", resource: "arn:aws:s3:::books", values: values, under: policy)
        #expect(decision.isAllowed == holds)
    }

    /// What cannot be told is denied where all others are.
    @Test(arguments: [
        (#""NotResource": "arn:aws:s3:::books/${aws:userid}/*""#, "Allow", false),
        (#""NotResource": "arn:aws:s3:::books/${aws:userid}/*""#, "Deny", false),
        (#""NotResource": "arn:aws:s3:::books/${aws:username}/*""#, "Deny", true),
        (#""NotResource": "arn:aws:s3:::books/${aws:username}/*""#, "Allow", false),
        (
            #""Resource": "arn:aws:s3:::books/*", "Condition": {"StringNotEquals": {"aws:Referer": "${aws:userid}"}}"#,
            "Deny", false
        ),
        (
            #""Resource": "arn:aws:s3:::books/*", "Condition": {"StringNotEquals": {"aws:Referer": "${aws:username}"}}"#,
            "Deny", true
        ),
    ])
    func `A variable without a value never opens what it should keep shut`(
        rest: String, effect: String, isAllowed: Bool
    ) throws {
        let statement = #""Effect": "\#(effect)", "Principal": "*", "Action": "s3:GetObject", \#(rest)"#
        let everyone =
            #""Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::books/*""#
        let policy = effect == "Allow" ? try Fixture.policy(statement) : try Fixture.policy(everyone, statement)
        let decision = Fixture.decide(
            resource: "arn:aws:s3:::books/alice/a", values: ["aws:username": "alice", "aws:referer": "alice"],
            under: policy)
        #expect(decision.isAllowed == isAllowed)
    }

    @Test(arguments: ["2008-10-17", ""])
    func `Older policies have no variables`(version: String) throws {
        let document = """
            {\(version.isEmpty ? "" : "\"Version\": \"\(version)\", ")"Statement": {"Effect": "Allow", "Principal": "*", \
            "Action": "s3:GetObject", "Resource": "arn:aws:s3:::books/${aws:username}"}}
            """
        let policy = try Fixture.parse(document)
        let values = ["aws:username": "alice"]
        #expect(!Fixture.decide(resource: "arn:aws:s3:::books/alice", values: values, under: policy).isAllowed)
        #expect(Fixture.decide(resource: "arn:aws:s3:::books/${aws:username}", values: values, under: policy).isAllowed)
    }

    @Test(arguments: [
        "${", "${aws:username", "${}", "${username}", "${aws:}", "${:username}", "${aws:username, nobody}",
        "${aws:username, 'nobody}", "${aws:unknown}", "${aws:user*}", "${aws:username, }",
    ])
    func `A variable that is none is refused`(variable: String) {
        let error = #expect(throws: S3Error.self) {
            try Fixture.policy(
                #""Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::books/\#(variable)""#
            )
        }
        #expect(error?.message == "Policy has invalid resource")
    }

    @Test func `A key of several values is no variable`() throws {
        let policy = try Fixture.policy(
            #""Effect": "Allow", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::books/${s3:RequestObjectTagKeys, 'x'}""#
        )
        func isAllowed(_ keys: [String]) -> Bool {
            Fixture.decide(
                action: "s3:PutObject", resource: "arn:aws:s3:::books/a", values: ["s3:requestobjecttagkeys": keys],
                PolicySet(resource: policy)
            ).isAllowed
        }
        #expect(isAllowed(["a"]))
        #expect(!isAllowed(["a", "b"]))
    }
}
