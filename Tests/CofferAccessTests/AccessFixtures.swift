import CofferAccess
import CofferModel

/// Principals of one account, and policies of one bucket.
enum Fixture {
    static let account = Account(id: "111122223333", canonicalID: String(repeating: "ab", count: 32))
    static let root = Principal.root(account)
    static let alice = Principal.user(name: "alice", account)
    static let bob = Principal.user(name: "bob", account)

    /// A bucket policy of the bucket `books`, of statements without their braces.
    static func policy(_ statements: String...) throws(S3Error) -> Policy {
        let list = statements.map { "{\($0)}" }.joined(separator: ",")
        return try parse("{\"Version\": \"2012-10-17\", \"Statement\": [\(list)]}")
    }

    static func parse(_ document: String) throws(S3Error) -> Policy {
        try Policy(document: Array(document.utf8), bucket: BucketName("books"))
    }

    /// The decision on a request for an object of that bucket.
    static func decide(
        _ principal: Principal = .anonymous, action: String = "s3:GetObject",
        resource: String = "arn:aws:s3:::books/a.csv",
        values: [String: String] = [:], identity: [Policy] = [], under policy: Policy?
    ) -> Decision {
        evaluate(
            AccessRequest(principal: principal, action: action, resource: resource, value: { values[$0] }),
            identityPolicies: identity, bucketPolicy: policy)
    }
}
