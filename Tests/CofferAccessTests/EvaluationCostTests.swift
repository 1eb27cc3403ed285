import CofferAccess
import CofferModel
import CofferTestSupport
import Testing

/// What a decision costs. The figure is printed; it means something in a release build, where it is to be below 3 µs.
struct EvaluationCostTests {
    @Test func `A decision under a policy of twenty statements is cheap`() throws {
        let set = PolicySet(
            identity: [ManagedPolicy.amazonS3ReadOnlyAccess.policy],
            resource: try Fixture.policy(Self.statements, principals: Self.ids))
        #expect(try evaluate(Self.request(), set).decision.description.contains("Statement18"))
        let count = 20_000
        var allowed = 0
        let time = try processorTime {
            for _ in 0..<count where try evaluate(Self.request(), set).isAllowed { allowed += 1 }
        }
        let cost = time / .microseconds(count)
        print("a decision under a policy of twenty statements costs \(cost) µs of CPU")
        #expect(allowed == count)
        #expect(cost < 200)
    }

    private static let ids = PrincipalIDs.saved([
        "arn:aws:iam::111122223333:user/alice": "AIDAALICE", "arn:aws:iam::111122223333:user/mallory": "AIDAMALLORY",
    ])

    private static func request() -> AccessRequest {
        AccessRequest(
            principal: Fixture.alice, action: "s3:GetObject",
            resource: "arn:aws:s3:::books/team-19/2026/budget.csv", resourceAccount: Fixture.account.id,
            value: { key in
                switch key.name {
                case .sourceIP: ["10.1.2.3"]
                case .secureTransport: ["true"]
                case .userName: ["alice"]
                case .referer: ["https://budgets.example/"]
                default: nil
                }
            })
    }

    /// Every second one is about the object that is asked for, and fails by its condition; one more matches.
    private static var statements: String {
        (0..<20).map { index in
            let effect = index % 5 == 4 ? "Deny" : "Allow"
            let principal =
                index % 3 == 0
                ? "\"*\"" : "{\"AWS\": \"arn:aws:iam::111122223333:user/\(index == 19 ? "mallory" : "alice")\"}"
            let resource = index % 2 == 0 ? "team-\(index == 18 ? 19 : index)/*" : "*/2026/*.csv"
            let condition =
                switch index % 4 {
                case 0: #"{"IpAddress": {"aws:SourceIp": ["192.0.2.0/24", "198.51.100.0/24"]}}"#
                case 1: #"{"Bool": {"aws:SecureTransport": "false"}}"#
                case 2: #"{"StringLike": {"aws:Referer": ["https://budgets.example/*"]}}"#
                default: #"{"StringEquals": {"aws:username": ["bob", "carol"]}}"#
                }
            return """
                "Sid": "Statement\(index)", "Effect": "\(effect)", "Principal": \(principal),
                "Action": ["s3:GetObject", "s3:PutObject", "s3:GetObjectTagging"],
                "Resource": "arn:aws:s3:::books/\(resource)", "Condition": \(condition)
                """
        }.joined(separator: "},{")
    }
}
