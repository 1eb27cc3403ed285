import CofferAccess
import CofferModel
import Testing

/// Decisions that would take too many steps.
struct EvaluationLimitTests {
    private static let text = String(repeating: "a", count: 8000)

    private func error(_ statements: String..., values: [String: String]) throws -> S3Error? {
        let policy = try Fixture.policy(list: statements)
        let request = AccessRequest(
            principal: Fixture.alice, action: "s3:GetObject", resource: "arn:aws:s3:::books/a",
            resourceAccount: Fixture.account.id, value: { values[$0.text].map { [$0] } })
        return #expect(throws: S3Error.self) { try evaluate(request, PolicySet(resource: policy)) }
    }

    private func statement(_ effect: String, _ condition: String) -> String {
        """
        "Effect": "\(effect)", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::books/*",
        "Condition": \(condition)
        """
    }

    @Test(arguments: ["Allow", "Deny"], ["StringLike", "StringNotLike"])
    func `What takes too long to compare is denied, whatever the statement says`(effect: String, test: String) throws {
        let open =
            "\"Effect\": \"Allow\", \"Principal\": \"*\", \"Action\": \"s3:*\", \"Resource\": \"arn:aws:s3:::books/*\""
        let long = statement(effect, #"{"\#(test)": {"aws:UserAgent": "*\#(String(repeating: "a", count: 4000))b"}}"#)
        for statements in [[open, long], [long, open]] {
            let error = try error(statements[0], statements[1], values: ["aws:useragent": Self.text])
            #expect(error?.code == .accessDenied && error?.reason?.contains("too long") == true)
        }
    }

    @Test(arguments: [
        #"{"StringLike": {"aws:Referer": "\#(String(repeating: "${aws:UserAgent}", count: 600))"}}"#,
        #"{"NumericEquals": {"aws:UserAgent": [\#(Array(repeating: "\"1\"", count: 10).joined(separator: ","))]}}"#,
    ])
    func `So are texts that are repeated and numbers that are read again and again`(condition: String) throws {
        let count = condition.contains("Numeric") ? 60 : 1
        let policy = try Fixture.policy(list: Array(repeating: statement("Allow", condition), count: count))
        let request = AccessRequest(
            principal: Fixture.alice, action: "s3:GetObject", resource: "arn:aws:s3:::books/a",
            resourceAccount: Fixture.account.id,
            value: { ["aws:useragent", "aws:referer"].contains($0.text) ? [Self.text] : nil })
        let identity = Array(repeating: policy, count: 6)
        #expect(throws: S3Error.self) { try evaluate(request, PolicySet(identity: identity, resource: policy)) }
    }

    @Test func `A long field under many usual patterns is decided`() throws {
        let usual = (0..<40).map { statement("Allow", #"{"StringLike": {"aws:UserAgent": "*Mozilla/\#($0)*"}}"#) }
        let decision = Fixture.decide(
            Fixture.alice, values: ["aws:useragent": Self.text + "Mozilla/7"], under: try Fixture.policy(list: usual))
        #expect(decision.isAllowed)
    }
}
