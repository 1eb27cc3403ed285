import CofferAccess
import CofferModel
import Testing

/// Requests for what another account owns, which both accounts must allow.
///
/// Source: IAM User Guide, "Cross-account policy evaluation logic".
struct CrossAccountTests {
    typealias Row = Combination.Row
    private static let (limited, never) = (Combination.limited, Combination.never)

    @Test(arguments: [
        Row("silent", "absent", never), Row("silent", "account", never), Row("silent", "everyone", never),
        Row("silent", "itself", never), Row("silent", "deny", never),
        Row("allow", "absent", never), Row("allow", "silent", never), Row("allow", "account", limited),
        Row("allow", "everyone", limited), Row("allow", "itself", limited), Row("allow", "deny", never),
        Row("deny", "account", never), Row("deny", "everyone", never), Row("deny", "itself", never),
        Row("silent", "canonical", never), Row("allow", "canonical", limited), Row("allow", "other", never),
        Row("allow", "role", never), Row("deny", "canonical", never), Row("allow", "deny itself", never),
        Row("allow", "deny account", never), Row("allow", "deny role", limited), Row("allow", "deny other", limited),
        Row("silent", "deny other", never),
    ])
    func `A user of another account`(row: Row) throws {
        try Combination.expect(row, Fixture.mallory, "arn:aws:iam::444455556666:user/mallory")
    }

    @Test(arguments: [
        Row("silent", "absent", never), Row("silent", "account", limited), Row("silent", "everyone", limited),
        Row("silent", "deny", never), Row("allow", "absent", never),
        Row("silent", "canonical", limited), Row("silent", "itself", limited), Row("silent", "silent", never),
        Row("silent", "other", never), Row("silent", "role", never), Row("silent", "deny account", never),
        Row("silent", "deny itself", never), Row("silent", "deny other", limited), Row("allow", "account", limited),
    ])
    func `The root of another account`(row: Row) throws {
        try Combination.expect(row, .root(Fixture.otherAccount), "arn:aws:iam::444455556666:root")
    }

    /// The bucket's account may name the account, the role or the session: what the session's own account gives it, and
    /// what limits it there, counts all the same.
    @Test(arguments: [
        Row("silent", "absent", never), Row("silent", "account", never), Row("silent", "everyone", never),
        Row("silent", "role", never), Row("silent", "itself", never), Row("silent", "canonical", never),
        Row("allow", "absent", never), Row("allow", "silent", never), Row("allow", "other", never),
        Row("allow", "account", limited), Row("allow", "everyone", limited), Row("allow", "role", limited),
        Row("allow", "itself", limited), Row("allow", "canonical", limited), Row("allow", "deny", never),
        Row("allow", "deny itself", never), Row("allow", "deny role", never), Row("allow", "deny account", never),
        Row("allow", "deny other", limited), Row("deny", "role", never), Row("deny", "itself", never),
    ])
    func `A session of a role of another account`(row: Row) throws {
        try Combination.expect(row, Fixture.otherSession, "arn:aws:sts::444455556666:assumed-role/reader/visit")
    }

    @Test(arguments: [
        Row("silent", "everyone", never), Row("silent", "itself", never), Row("allow", "absent", never),
        Row("allow", "account", limited), Row("allow", "everyone", limited), Row("allow", "itself", limited),
        Row("allow", "role", never), Row("allow", "canonical", limited), Row("allow", "deny itself", never),
        Row("allow", "deny role", limited), Row("deny", "itself", never),
    ])
    func `A federated user of another account`(row: Row) throws {
        let dave = Principal.federatedUser(FederatedUser(name: "dave", account: Fixture.otherAccount))
        try Combination.expect(row, dave, "arn:aws:sts::444455556666:federated-user/dave")
    }

    /// What each account's side says of an object: an allowance there, of another action, of another resource, under a
    /// condition that holds or does not, or a denial.
    @Test(arguments: [
        ("allow", "allow", true), ("allow", "action", false), ("allow", "resource", false), ("allow", "holds", true),
        ("allow", "fails", false), ("allow", "deny", false), ("action", "allow", false), ("action", "deny", false),
        ("resource", "allow", false), ("holds", "allow", true), ("holds", "holds", true), ("holds", "fails", false),
        ("fails", "allow", false), ("fails", "holds", false), ("deny", "allow", false), ("deny", "holds", false),
        ("denies when it holds", "allow", false), ("denies when it fails", "allow", true),
        ("allow", "denies when it holds", false), ("allow", "denies when it fails", true),
        ("denies when it fails", "denies when it fails", true), ("denies another action", "allow", true),
        ("allow", "denies another action", true), ("allow", "denies another resource", true),
    ])
    func `Both sides must allow the very request`(identity: String, resource: String, isAllowed: Bool) throws {
        let policies = PolicySet(
            identity: [try Fixture.identity(list: try Self.statements(identity, principal: ""))],
            resource: try Fixture.policy(
                list: try Self.statements(resource, principal: #""Principal": {"AWS": "444455556666"}, "#)))
        let decision = Fixture.decide(
            Fixture.mallory, resource: "arn:aws:s3:::books/a.csv", values: ["aws:sourceip": ["10.1.2.3"]], policies)
        #expect(decision.isAllowed == isAllowed, "\(decision)")
    }

    private static func statements(_ kind: String, principal: String) throws -> [String] {
        func statement(_ effect: String, action: String = "GetObject", key: String = "*", range: String? = nil)
            -> String
        {
            let condition = range.map { #", "Condition": {"IpAddress": {"aws:SourceIp": "\#($0)"}}"# } ?? ""
            return
                #""Effect": "\#(effect)", \#(principal)"Action": "s3:\#(action)", "Resource": "arn:aws:s3:::books/\#(key)"\#(condition)"#
        }
        let allow = statement("Allow")
        let kinds = [
            "allow": [allow], "action": [statement("Allow", action: "PutObject")],
            "resource": [statement("Allow", key: "b.csv")], "holds": [statement("Allow", range: "10.0.0.0/8")],
            "fails": [statement("Allow", range: "11.0.0.0/8")], "deny": [allow, statement("Deny")],
            "denies when it holds": [allow, statement("Deny", range: "10.0.0.0/8")],
            "denies when it fails": [allow, statement("Deny", range: "11.0.0.0/8")],
            "denies another action": [allow, statement("Deny", action: "PutObject")],
            "denies another resource": [allow, statement("Deny", key: "b.csv")],
        ]
        return try #require(kinds[kind])
    }
}
