import CofferAccess
import CofferModel
import Testing

/// How the policies that have a say are put together, as truth tables.
///
/// Source: IAM User Guide, "Policy evaluation logic".
struct CombinationTests {
    /// One line: what the identity's policies and the bucket's say, and the outcome for each of the limits in their order.
    struct Row: Sendable, CustomTestStringConvertible {
        let identity: String
        let resource: String
        let outcomes: String
        var testDescription: String { "identity \(identity), resource \(resource)" }

        init(_ identity: String, _ resource: String, _ outcomes: String) {
            self.identity = identity
            self.resource = resource
            self.outcomes = outcomes.filter { $0 != " " }
        }
    }

    /// What a limit says: there is none, it allows, it says nothing, it denies. The boundary's four by the session's four.
    private static let limits = ["absent", "allow", "silent", "deny"]

    private static let limited = "++-- ++-- ---- ----"
    private static let direct = "+++- +++- +++- ----"
    private static let never = "---- ---- ---- ----"

    // MARK: Within an account

    @Test(arguments: [
        Row("silent", "absent", never), Row("silent", "silent", never), Row("silent", "account", never),
        Row("silent", "everyone", limited), Row("silent", "itself", direct), Row("silent", "deny", never),
        Row("allow", "absent", limited), Row("allow", "silent", limited), Row("allow", "account", limited),
        Row("allow", "everyone", limited), Row("allow", "itself", direct), Row("allow", "deny", never),
        Row("deny", "absent", never), Row("deny", "account", never), Row("deny", "everyone", never),
        Row("deny", "itself", never), Row("deny", "deny", never),
    ])
    func `a user of the bucket's account`(row: Row) throws {
        try expect(row, Fixture.alice, "arn:aws:iam::111122223333:user/alice")
    }

    @Test(arguments: [
        Row("silent", "absent", never), Row("silent", "account", never), Row("silent", "everyone", limited),
        Row("silent", "role", limited), Row("silent", "itself", direct), Row("allow", "absent", limited),
        Row("allow", "role", limited), Row("allow", "itself", direct), Row("allow", "deny", never),
        Row("deny", "role", never), Row("deny", "itself", never),
    ])
    func `a session of a role of the bucket's account`(row: Row) throws {
        try expect(row, Fixture.session, "arn:aws:sts::111122223333:assumed-role/reader/visit")
    }

    @Test(arguments: [
        Row("silent", "absent", never), Row("silent", "everyone", limited), Row("silent", "itself", direct),
        Row("allow", "absent", limited), Row("allow", "itself", direct), Row("deny", "itself", never),
    ])
    func `a federated user of the bucket's account`(row: Row) throws {
        try expect(row, Fixture.federated, "arn:aws:sts::111122223333:federated-user/carol")
    }

    @Test(arguments: [
        Row("silent", "absent", limited), Row("silent", "account", limited), Row("silent", "everyone", limited),
        Row("silent", "deny", never), Row("allow", "absent", limited),
    ])
    func `the root of the bucket's account`(row: Row) throws {
        try expect(row, Fixture.root, "arn:aws:iam::111122223333:root")
    }

    // MARK: Across accounts

    @Test(arguments: [
        Row("silent", "absent", never), Row("silent", "account", never), Row("silent", "everyone", never),
        Row("silent", "itself", never), Row("silent", "deny", never),
        Row("allow", "absent", never), Row("allow", "silent", never), Row("allow", "account", limited),
        Row("allow", "everyone", limited), Row("allow", "itself", limited), Row("allow", "deny", never),
        Row("deny", "account", never), Row("deny", "everyone", never), Row("deny", "itself", never),
    ])
    func `a user of another account`(row: Row) throws {
        try expect(row, Fixture.mallory, "arn:aws:iam::444455556666:user/mallory")
    }

    @Test(arguments: [
        Row("silent", "absent", never), Row("silent", "account", limited), Row("silent", "everyone", limited),
        Row("silent", "deny", never), Row("allow", "absent", never),
    ])
    func `the root of another account`(row: Row) throws {
        try expect(row, .root(Fixture.otherAccount), "arn:aws:iam::444455556666:root")
    }

    // MARK: Anonymous

    @Test(arguments: [
        ("absent", false), ("silent", false), ("account", false), ("everyone", true), ("deny", false),
    ])
    func `somebody without keys has what the bucket's policy allows everyone`(resource: String, isAllowed: Bool) throws
    {
        let policy = try Self.resource(resource, naming: "arn:aws:iam::111122223333:user/alice", "111122223333")
        #expect(Fixture.decide(.anonymous, PolicySet(resource: policy)).isAllowed == isAllowed)
    }

    // MARK: ACLs

    /// For no grant, one to the account, and one to a group.
    @Test(arguments: [
        ("anonymous", "silent", "--+"), ("alice", "silent", "--+"), ("alice", "allow", "+++"), ("alice", "deny", "---"),
        ("root", "silent", "+++"), ("mallory", "silent", "---"), ("mallory", "allow", "-++"),
        ("mallory", "deny", "---"), ("other root", "silent", "-++"),
    ])
    func `an ACL adds what no policy allows, and nothing that one denies`(
        name: String, identity: String, outcomes: String
    ) throws {
        let principals = [
            "anonymous": .anonymous, "alice": Fixture.alice, "root": Fixture.root, "mallory": Fixture.mallory,
            "other root": .root(Fixture.otherAccount),
        ]
        let principal = try #require(principals[name])
        let policies = try Self.identity(identity)
        func decide(_ grant: ACLGrant, resource: Policy? = nil) -> String {
            let set = PolicySet(identity: policies, resource: resource, acl: { () throws(S3Error) in grant })
            return Fixture.decide(principal, set).isAllowed ? "+" : "-"
        }
        #expect([.none, .account, .group].map { decide($0) }.joined() == outcomes)
        let denial = try Self.resource("deny", naming: "", "")
        #expect([.none, .account, .group].map { decide($0, resource: denial) }.joined() == "---")
    }

    @Test func `an ACL is not asked where a policy decides`() throws {
        let asked = PolicySet(
            identity: [ManagedPolicy.administratorAccess.policy],
            acl: { () throws(S3Error) in
                Issue.record("it was asked")
                return .group
            })
        #expect(Fixture.decide(Fixture.alice, asked).isAllowed)
        var denied = asked
        denied.resource = try Self.resource("deny", naming: "", "")
        #expect(!Fixture.decide(Fixture.alice, denied).isAllowed)
    }

    @Test func `what the ACL cannot tell is not decided`() {
        let request = AccessRequest(
            principal: .anonymous, action: "s3:GetObject", resource: "arn:aws:s3:::books/a", value: { _ in nil })
        let error = #expect(throws: S3Error.self) {
            try evaluate(request, PolicySet(acl: { () throws(S3Error) in throw S3Error(.internalError) }))
        }
        #expect(error?.code == .internalError)
    }

    // MARK: Trust

    /// What a role's trust policy names, and what the caller's own policies say.
    @Test(arguments: [
        ("silent", "silent", false), ("silent", "allow", false), ("account", "silent", false),
        ("account", "allow", true), ("itself", "silent", true), ("itself", "allow", true), ("itself", "deny", false),
        ("everyone", "silent", true), ("deny", "allow", false), ("service", "allow", false),
    ])
    func `a role must trust who assumes it`(trust: String, identity: String, isAllowed: Bool) throws {
        let principals = [
            "silent": #"{"AWS": "arn:aws:iam::111122223333:user/bob"}"#, "account": #"{"AWS": "111122223333"}"#,
            "itself": #"{"AWS": "arn:aws:iam::111122223333:user/alice"}"#, "everyone": #"{"AWS": "*"}"#,
            "service": #"{"Service": "ec2.amazonaws.com"}"#, "deny": #"{"AWS": "*"}"#,
        ]
        let principal = try #require(principals[trust])
        let document = """
            {"Statement": {"Effect": "\(trust == "deny" ? "Deny" : "Allow")", "Principal": \(principal), \
            "Action": "sts:AssumeRole"}}
            """
        var set = PolicySet(
            identity: try Self.identity(identity), resource: try Policy(trustDocument: Array(document.utf8)))
        set.isResourceRequired = true
        let decision = Fixture.decide(
            Fixture.alice, action: "sts:AssumeRole", resource: "arn:aws:iam::111122223333:role/reader", set)
        #expect(decision.isAllowed == isAllowed, "\(decision)")
    }

    // MARK: Policies

    private func expect(_ row: Row, _ principal: Principal, _ arn: String) throws {
        let account = try #require(principal.account).id
        var outcomes = ""
        for boundary in Self.limits {
            for session in Self.limits {
                let set = PolicySet(
                    identity: try Self.identity(row.identity), boundary: try Self.identity(boundary).first,
                    session: session == "absent" ? nil : try Self.identity(session),
                    resource: try Self.resource(row.resource, naming: arn, account))
                outcomes += Fixture.decide(principal, set).isAllowed ? "+" : "-"
            }
        }
        #expect(outcomes == row.outcomes)
    }

    private static func identity(_ kind: String) throws -> [Policy] {
        switch kind {
        case "absent": []
        case "allow": [try Fixture.identity(#""Effect": "Allow", "Action": "*", "Resource": "*""#)]
        case "deny":
            [
                try Fixture.identity(
                    #""Effect": "Allow", "Action": "*", "Resource": "*""#,
                    #""Effect": "Deny", "Action": ["s3:Get*", "sts:*"], "Resource": "*""#)
            ]
        default: [try Fixture.identity(#""Effect": "Allow", "Action": "s3:PutObject", "Resource": "*""#)]
        }
    }

    private static func resource(_ kind: String, naming arn: String, _ account: String) throws -> Policy? {
        let rest = #""Action": "s3:GetObject", "Resource": "arn:aws:s3:::books/*""#
        let role = "arn:aws:iam::111122223333:role/team/reader"
        switch kind {
        case "absent": return nil
        case "account": return try Fixture.policy(#""Effect": "Allow", "Principal": {"AWS": "\#(account)"}, \#(rest)"#)
        case "everyone": return try Fixture.policy(#""Effect": "Allow", "Principal": "*", \#(rest)"#)
        case "itself": return try Fixture.policy(#""Effect": "Allow", "Principal": {"AWS": "\#(arn)"}, \#(rest)"#)
        case "role": return try Fixture.policy(#""Effect": "Allow", "Principal": {"AWS": "\#(role)"}, \#(rest)"#)
        case "deny":
            return try Fixture.policy(
                #""Effect": "Allow", "Principal": "*", \#(rest)"#, #""Effect": "Deny", "Principal": "*", \#(rest)"#)
        default:
            return try Fixture.policy(
                #""Effect": "Allow", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::books/*""#)
        }
    }
}
