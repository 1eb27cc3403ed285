import CofferAccess
import CofferModel
import Testing

/// Principals of one account, and policies of one bucket.
enum Fixture {
    static let account = Account(id: "111122223333", canonicalID: String(repeating: "ab", count: 32))
    static let root = Principal.root(account)
    static let alice = Principal.user(User(name: "alice", id: "AIDAALICE", account: account))
    static let bob = Principal.user(name: "bob", account)
    static let session = Principal.assumedRole(
        RoleSession(
            role: Role(name: "reader", path: "/team/", id: "AROAREADER", account: account), name: "visit"))
    static let federated = Principal.federatedUser(FederatedUser(name: "carol", account: account))

    static let otherAccount = Account(id: "444455556666", canonicalID: String(repeating: "cd", count: 32))
    static let mallory = Principal.user(name: "mallory", otherAccount)
    static let otherSession = Principal.assumedRole(
        RoleSession(role: Role(name: "reader", id: "AROAOTHER", account: otherAccount), name: "visit"))

    /// A bucket policy of the bucket `books`, of statements without their braces.
    static func policy(
        _ statements: String..., principals: PrincipalIDs = .saved([:])
    ) throws(S3Error) -> Policy {
        try policy(list: statements, principals: principals)
    }

    static func policy(
        list statements: [String], principals: PrincipalIDs = .saved([:])
    ) throws(S3Error) -> Policy {
        let list = statements.map { "{\($0)}" }.joined(separator: ",")
        return try parse("{\"Version\": \"2012-10-17\", \"Statement\": [\(list)]}", principals)
    }

    static func parse(_ document: String, _ principals: PrincipalIDs = .saved([:])) throws(S3Error) -> Policy {
        try Policy(document: Array(document.utf8), bucket: BucketName("books"), principals: principals)
    }

    /// The decision on a request for an object of that bucket.
    static func decide(
        _ principal: Principal = .anonymous, action: String = "s3:GetObject",
        resource: String = "arn:aws:s3:::books/a.csv",
        values: [String: String] = [:], identity: [Policy] = [], under policy: Policy?
    ) -> Decision {
        decide(
            principal, action: action, resource: resource, values: values.mapValues { [$0] },
            PolicySet(identity: identity, resource: policy))
    }

    /// The decision of all policies that may have a say.
    static func decide(
        _ principal: Principal = .anonymous, action: String = "s3:GetObject",
        resource: String = "arn:aws:s3:::books/a.csv", resourceAccount: String = Fixture.account.id,
        values: [String: [String]] = [:], _ policies: PolicySet
    ) -> Decision {
        let request = AccessRequest(
            principal: principal, action: action, resource: resource, resourceAccount: resourceAccount,
            value: { values[$0.text] })
        do throws(S3Error) {
            let decision = try evaluate(request, policies).decision
            #expect(try explain(request, policies).decision == decision, "explained as decided")
            return decision
        } catch {
            Issue.record("\(error.message)")
            return .notAllowed(by: .anyPolicy)
        }
    }

    /// An identity policy of statements without their braces.
    static func identity(_ statements: String...) throws(S3Error) -> Policy { try identity(list: statements) }

    static func identity(list statements: [String]) throws(S3Error) -> Policy {
        let list = statements.map { "{\($0)}" }.joined(separator: ",")
        return try Policy(identityDocument: Array("{\"Version\": \"2012-10-17\", \"Statement\": [\(list)]}".utf8))
    }
}
