import CofferAccess
import CofferModel
import Testing

/// What an explanation tells of every statement.
struct ExplainTests {
    private static let statement =
        #""Sid": "S", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::books/*""#

    @Test(arguments: [
        (#"\#(statement)"#, "matches"),
        (
            statement.replacing(#""*", "Action""#, with: #"{"AWS": "111122223333"}, "Action""#),
            "applies to other principals"
        ),
        (statement.replacing("s3:GetObject", with: "s3:PutObject"), "applies to other actions"),
        (statement.replacing("books/*", with: "books/b*"), "applies to other resources"),
        (
            statement + #", "Condition": {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "::1"]}}"#,
            #"the condition IpAddress aws:sourceip ["10.0.0.0/8", "::1"] is not met: the request has ["192.0.2.1"]"#
        ),
        (
            statement + #", "Condition": {"StringLike": {"aws:Referer": "http://*"}}"#,
            #"the condition StringLike aws:referer ["http://*"] is not met: the request has no value"#
        ),
        (
            statement
                + #", "Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}, "StringLike": {"aws:Referer": "x"}}"#,
            #"the condition StringLike aws:referer ["x"] is not met: the request has no value"#
        ),
    ])
    func `A statement of a bucket's policy`(statement: String, outcome: String) throws {
        let evaluation = try Self.explain(PolicySet(resource: try Fixture.policy(statement)))
        #expect(evaluation.trace.map(\.outcome.description) == [outcome])
        #expect(evaluation.isAllowed == (outcome == "matches"))
    }

    @Test func `Every policy is looked at, in their order, even after a denial`() throws {
        let allow = #""Effect": "Allow", "Action": "s3:*", "Resource": "*""#
        var named = try Fixture.identity(allow, #""Sid": "Shut", "Effect": "Deny", "Action": "*", "Resource": "*""#)
        named.name = "mine"
        let set = PolicySet(
            identity: [ManagedPolicy.amazonS3FullAccess.policy, named], boundary: try Fixture.identity(allow),
            session: [try Fixture.identity(allow)], resource: try Fixture.policy(Self.statement))
        let evaluation = try Self.explain(set, Fixture.alice)
        #expect(
            evaluation.trace.map(\.description) == [
                #"Allow, statement "S" of the resource policy: matches"#,
                "Allow, statement 1 of the identity policy arn:aws:iam::aws:policy/AmazonS3FullAccess: matches",
                "Allow, statement 1 of the identity policy mine: matches",
                #"Deny, statement "Shut" of the identity policy mine: matches"#,
                "Allow, statement 1 of the permissions boundary: matches",
                "Allow, statement 1 of the session policy: matches",
            ])
        #expect(evaluation.decision.description == #"denied by statement "Shut" of the identity policy mine"#)
    }

    @Test func `A denial by the bucket's policy hides nothing of the others`() throws {
        let denial = try Fixture.policy(Self.statement.replacing("Allow", with: "Deny"))
        let set = PolicySet(identity: [ManagedPolicy.amazonS3FullAccess.policy], resource: denial)
        let evaluation = try Self.explain(set, Fixture.alice)
        #expect(evaluation.trace.map(\.outcome) == [.matched, .matched])
        #expect(evaluation.decision.isDenied)
    }

    @Test func `Without being asked nothing is traced`() throws {
        let evaluation = try evaluate(Self.request(.anonymous), PolicySet(resource: try Fixture.policy(Self.statement)))
        #expect(evaluation.isAllowed && evaluation.trace.isEmpty)
    }

    @Test(arguments: [
        ("", "", "", "", "no identity policy, resource policy or ACL allows it"),
        ("allow", "silent", "", "", "the permissions boundary does not allow it"),
        ("allow", "", "silent", "", "no session policy allows it"),
        ("allow", "", "", "other", "the resource's policy or ACL must allow it, but does not"),
        ("", "", "", "other open", "an identity policy must allow it, but none does"),
        ("", "silent", "", "open", "the permissions boundary does not allow it"),
    ])
    func `What is missing is told`(
        identity: String, boundary: String, session: String, resource: String, reason: String
    ) throws {
        let everything = ManagedPolicy.administratorAccess.policy
        let silent = try Fixture.identity(#""Effect": "Allow", "Action": "ec2:*", "Resource": "*""#)
        let set = PolicySet(
            identity: identity.isEmpty ? [] : [everything], boundary: boundary.isEmpty ? nil : silent,
            session: session.isEmpty ? nil : [silent],
            resource: resource.contains("open") ? try Fixture.policy(Self.statement) : nil)
        let account = resource.contains("other") ? Fixture.otherAccount.id : Fixture.account.id
        let evaluation = try Self.explain(set, Fixture.alice, account: account)
        #expect(evaluation.decision.description == "not allowed: \(reason)")
        #expect(!evaluation.decision.isDenied)
    }

    private static func request(_ principal: Principal, account: String = Fixture.account.id) -> AccessRequest {
        AccessRequest(
            principal: principal, action: "s3:GetObject", resource: "arn:aws:s3:::books/a.csv",
            resourceAccount: account, value: { $0.name == .sourceIP ? ["192.0.2.1"] : nil })
    }

    private static func explain(
        _ policies: PolicySet, _ principal: Principal = .anonymous, account: String = Fixture.account.id
    ) throws -> Evaluation {
        try CofferAccess.explain(request(principal, account: account), policies)
    }
}
