import CofferAccess
import CofferModel
import Testing

/// How the policies that have a say are put together, as truth tables.
///
/// Source: IAM User Guide, "Policy evaluation logic".
struct CombinationTests {
    typealias Row = Combination.Row
    private static let (limited, direct, never) = (Combination.limited, Combination.direct, Combination.never)

    // MARK: Within an account

    @Test(arguments: [
        Row("silent", "absent", never), Row("silent", "silent", never), Row("silent", "account", never),
        Row("silent", "everyone", limited), Row("silent", "itself", direct), Row("silent", "deny", never),
        Row("allow", "absent", limited), Row("allow", "silent", limited), Row("allow", "account", limited),
        Row("allow", "everyone", limited), Row("allow", "itself", direct), Row("allow", "deny", never),
        Row("deny", "absent", never), Row("deny", "account", never), Row("deny", "everyone", never),
        Row("deny", "itself", never), Row("deny", "deny", never),
        Row("silent", "canonical", never), Row("silent", "other", never), Row("allow", "canonical", limited),
        Row("allow", "other", limited), Row("silent", "role", never), Row("allow", "role", limited),
        Row("silent", "deny itself", never), Row("allow", "deny itself", never), Row("allow", "deny account", never),
        Row("silent", "deny role", limited), Row("allow", "deny role", limited), Row("silent", "deny other", limited),
        Row("deny", "deny other", never),
    ])
    func `A user of the bucket's account`(row: Row) throws {
        try Combination.expect(row, Fixture.alice, "arn:aws:iam::111122223333:user/alice")
    }

    @Test(arguments: [
        Row("silent", "absent", never), Row("silent", "account", never), Row("silent", "everyone", limited),
        Row("silent", "role", limited), Row("silent", "itself", direct), Row("allow", "absent", limited),
        Row("allow", "role", limited), Row("allow", "itself", direct), Row("allow", "deny", never),
        Row("deny", "role", never), Row("deny", "itself", never),
        Row("silent", "silent", never), Row("silent", "canonical", never), Row("silent", "other", never),
        Row("silent", "deny", never), Row("allow", "silent", limited), Row("allow", "account", limited),
        Row("allow", "everyone", limited), Row("allow", "canonical", limited), Row("allow", "other", limited),
        Row("deny", "absent", never), Row("deny", "everyone", never), Row("silent", "deny itself", never),
        Row("allow", "deny itself", never), Row("allow", "deny role", never), Row("allow", "deny account", never),
        Row("silent", "deny other", limited),
    ])
    func `A session of a role of the bucket's account`(row: Row) throws {
        try Combination.expect(row, Fixture.session, "arn:aws:sts::111122223333:assumed-role/reader/visit")
    }

    @Test(arguments: [
        Row("silent", "absent", never), Row("silent", "everyone", limited), Row("silent", "itself", direct),
        Row("allow", "absent", limited), Row("allow", "itself", direct), Row("deny", "itself", never),
        Row("silent", "silent", never), Row("silent", "account", never), Row("silent", "role", never),
        Row("allow", "account", limited), Row("allow", "everyone", limited), Row("allow", "deny", never),
        Row("allow", "deny itself", never), Row("allow", "deny account", never), Row("silent", "deny role", limited),
        Row("deny", "everyone", never),
    ])
    func `A federated user of the bucket's account`(row: Row) throws {
        try Combination.expect(row, Fixture.federated, "arn:aws:sts::111122223333:federated-user/carol")
    }

    @Test(arguments: [
        Row("silent", "absent", limited), Row("silent", "account", limited), Row("silent", "everyone", limited),
        Row("silent", "deny", never), Row("allow", "absent", limited),
        Row("silent", "silent", limited), Row("silent", "canonical", limited), Row("silent", "other", limited),
        Row("silent", "deny account", never), Row("silent", "deny itself", never), Row("silent", "deny other", limited),
    ])
    func `The root of the bucket's account`(row: Row) throws {
        try Combination.expect(row, Fixture.root, "arn:aws:iam::111122223333:root")
    }

    // MARK: Anonymous

    @Test(arguments: [
        ("absent", false), ("silent", false), ("account", false), ("everyone", true), ("deny", false),
    ])
    func `Somebody without keys has what the bucket's policy allows everyone`(resource: String, isAllowed: Bool) throws
    {
        let policy = try Combination.resource(resource, naming: "arn:aws:iam::111122223333:user/alice", "111122223333")
        #expect(Fixture.decide(.anonymous, PolicySet(resource: policy)).isAllowed == isAllowed)
    }

    // MARK: ACLs

    /// For no grant, one to the account, and one to a group.
    @Test(arguments: [
        ("anonymous", "silent", "--+"), ("alice", "silent", "--+"), ("alice", "allow", "+++"), ("alice", "deny", "---"),
        ("root", "silent", "+++"), ("mallory", "silent", "---"), ("mallory", "allow", "-++"),
        ("mallory", "deny", "---"), ("other root", "silent", "-++"),
        ("other root", "allow", "-++"), ("other root", "deny", "---"), ("session", "silent", "--+"),
        ("session", "allow", "+++"), ("session", "deny", "---"), ("federated", "silent", "--+"),
        ("federated", "allow", "+++"), ("other session", "silent", "---"), ("other session", "allow", "-++"),
        ("other session", "deny", "---"),
    ])
    func `An ACL adds what no policy allows, and nothing that one denies`(
        name: String, identity: String, outcomes: String
    ) throws {
        let principals = [
            "anonymous": .anonymous, "alice": Fixture.alice, "root": Fixture.root, "mallory": Fixture.mallory,
            "other root": .root(Fixture.otherAccount), "session": Fixture.session, "federated": Fixture.federated,
            "other session": Fixture.otherSession,
        ]
        let principal = try #require(principals[name])
        let policies = try Combination.identity(identity)
        func decide(_ grant: ACLGrant, resource: Policy? = nil) -> String {
            let set = PolicySet(identity: policies, resource: resource, acl: { () throws(S3Error) in grant })
            return Fixture.decide(principal, set).isAllowed ? "+" : "-"
        }
        #expect([.none, .account, .group].map { decide($0) }.joined() == outcomes)
        let denial = try Combination.resource("deny", naming: "", "")
        #expect([.none, .account, .group].map { decide($0, resource: denial) }.joined() == "---")
    }

    @Test func `An ACL is not asked where a policy decides`() throws {
        let asked = PolicySet(
            identity: [ManagedPolicy.administratorAccess.policy],
            acl: { () throws(S3Error) in
                Issue.record("it was asked")
                return .group
            })
        #expect(Fixture.decide(Fixture.alice, asked).isAllowed)
        var denied = asked
        denied.resource = try Combination.resource("deny", naming: "", "")
        #expect(!Fixture.decide(Fixture.alice, denied).isAllowed)
    }

    @Test func `What the ACL cannot tell is not decided`() {
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
    func `A role must trust who assumes it`(trust: String, identity: String, isAllowed: Bool) throws {
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
            identity: try Combination.identity(identity), resource: try Policy(trustDocument: Array(document.utf8)))
        set.isResourceRequired = true
        let decision = Fixture.decide(
            Fixture.alice, action: "sts:AssumeRole", resource: "arn:aws:iam::111122223333:role/reader", set)
        #expect(decision.isAllowed == isAllowed, "\(decision)")
    }
}
