import CofferAccess
import CofferModel
import Testing

/// Operators on keys of several values, and on keys without any.
///
/// Source: IAM User Guide, "Set operators for multivalued context keys".
struct QuantifierTests {
    /// An operator, and its outcomes for each of the request's values in their order.
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let outcomes: String

        init(_ name: String, _ outcomes: String) {
            testDescription = name
            self.outcomes = outcomes
        }
    }

    /// The policy's values are `a` and `b`; the request's none, a, b, c, ab, ac, cd.
    @Test(arguments: [
        Row("StringEquals", "-++-++-"), Row("StringNotEquals", "+--+--+"),
        Row("StringEqualsIfExists", "+++-++-"), Row("StringNotEqualsIfExists", "+--+--+"),
        Row("ForAnyValue:StringEquals", "-++-++-"), Row("ForAnyValue:StringNotEquals", "---+-++"),
        Row("ForAnyValue:StringEqualsIfExists", "+++-++-"), Row("ForAnyValue:StringNotEqualsIfExists", "+--+-++"),
        Row("ForAllValues:StringEquals", "+++-+--"), Row("ForAllValues:StringNotEquals", "+--+--+"),
        Row("ForAllValues:StringEqualsIfExists", "+++-+--"), Row("ForAllValues:StringNotEqualsIfExists", "+--+--+"),
        Row("StringLike", "-++-++-"), Row("StringNotLike", "+--+--+"),
        Row("ForAnyValue:StringLike", "-++-++-"), Row("ForAnyValue:StringNotLike", "---+-++"),
        Row("ForAllValues:StringLike", "+++-+--"), Row("ForAllValues:StringNotLike", "+--+--+"),
        Row("StringEqualsIgnoreCase", "-++-++-"), Row("ForAllValues:StringEqualsIgnoreCase", "+++-+--"),
        Row("StringNotEqualsIgnoreCase", "+--+--+"), Row("ForAnyValue:StringNotEqualsIgnoreCase", "---+-++"),
    ])
    func `text of several values`(row: Row) throws {
        let requests = [nil, ["a"], ["b"], ["c"], ["a", "b"], ["a", "c"], ["c", "d"]]
        #expect(
            try outcomes(row, #"{"s3:RequestObjectTagKeys": ["a", "b"]}"#, "s3:requestobjecttagkeys", requests)
                == row.outcomes)
    }

    /// The policy's value is 10; the request's none, 9, 10, 11, 9 with 10, 10 with 11, 9 with 11, and text.
    @Test(arguments: [
        Row("NumericEquals", "--+-++--"), Row("NumericNotEquals", "++-+--++"),
        Row("NumericLessThan", "-+--+-+-"), Row("NumericLessThanEquals", "-++-+++-"),
        Row("NumericGreaterThan", "---+-++-"), Row("NumericGreaterThanEquals", "--+++++-"),
        Row("NumericLessThanIfExists", "++--+-+-"), Row("ForAllValues:NumericLessThan", "++------"),
        Row("ForAnyValue:NumericLessThan", "-+--+-+-"), Row("ForAllValues:NumericGreaterThanEquals", "+-++-+--"),
        Row("ForAllValues:NumericNotEquals", "++-+--++"), Row("ForAnyValue:NumericNotEquals", "-+-+++++"),
    ])
    func `numbers of several values`(row: Row) throws {
        let requests = [nil, ["9"], ["10"], ["11"], ["9", "10"], ["10", "11"], ["9", "11"], ["ten"]]
        #expect(try outcomes(row, #"{"s3:max-keys": 10}"#, "s3:max-keys", requests, "s3:ListBucket") == row.outcomes)
    }

    /// The policy's range is 10.0.0.0/8; the request's values none, within, without, both, and text.
    @Test(arguments: [
        Row("IpAddress", "-+-+-"), Row("NotIpAddress", "+-+-+"), Row("IpAddressIfExists", "++-+-"),
        Row("NotIpAddressIfExists", "+-+-+"), Row("ForAllValues:IpAddress", "++---"),
        Row("ForAnyValue:IpAddress", "-+-+-"), Row("ForAllValues:NotIpAddress", "+-+-+"),
        Row("ForAnyValue:NotIpAddress", "--+++"),
    ])
    func `addresses of several values`(row: Row) throws {
        let requests = [nil, ["10.1.2.3"], ["11.1.2.3"], ["10.1.2.3", "11.1.2.3"], ["ten"]]
        #expect(try outcomes(row, #"{"aws:SourceIp": "10.0.0.0/8"}"#, "aws:sourceip", requests) == row.outcomes)
    }

    /// The policy's pattern is a user of an account; the request's values none, one, another's, both, and text.
    @Test(arguments: [
        Row("ArnLike", "-+-+-"), Row("ArnEquals", "-+-+-"), Row("ArnNotLike", "+-+-+"), Row("ArnNotEquals", "+-+-+"),
        Row("ArnLikeIfExists", "++-+-"), Row("ForAllValues:ArnLike", "++---"), Row("ForAnyValue:ArnEquals", "-+-+-"),
        Row("ForAnyValue:ArnNotEquals", "--+++"), Row("ForAllValues:ArnNotLike", "+-+-+"),
    ])
    func `ARNs of several values`(row: Row) throws {
        let (one, other) = ("arn:aws:iam::111122223333:user/alice", "arn:aws:iam::444455556666:user/alice")
        let policy = #"{"aws:PrincipalArn": "arn:aws:iam::111122223333:user/*"}"#
        #expect(
            try outcomes(row, policy, "aws:principalarn", [nil, [one], [other], [one, other], ["alice"]])
                == row.outcomes)
    }

    /// The policy says true; the request's values none, true, false, and text.
    @Test(arguments: [
        Row("Bool", "-+--"), Row("BoolIfExists", "++--"), Row("ForAllValues:Bool", "++--"),
        Row("ForAnyValue:Bool", "-+--"),
        Row("Null", "+---"),
    ])
    func `truth`(row: Row) throws {
        let requests = [nil, ["true"], ["false"], ["yes"]]
        #expect(try outcomes(row, #"{"aws:SecureTransport": "true"}"#, "aws:securetransport", requests) == row.outcomes)
    }

    /// The policy's moment is noon; the request's values none, before, noon, after, and text.
    @Test(arguments: [
        Row("DateEquals", "--+--"), Row("DateNotEquals", "++-++"), Row("DateLessThan", "-+---"),
        Row("DateLessThanEquals", "-++--"), Row("DateGreaterThan", "---+-"), Row("DateGreaterThanEquals", "--++-"),
        Row("DateLessThanIfExists", "++---"), Row("ForAllValues:DateLessThan", "++---"),
        Row("ForAnyValue:DateGreaterThan", "---+-"),
    ])
    func `moments`(row: Row) throws {
        let requests = [
            nil, ["2026-11-24T11:59:59Z"], ["2026-11-24T12:00:00.000Z"], ["1795521601"], ["noon"],
        ]
        let policy = #"{"aws:TokenIssueTime": "2026-11-24T12:00:00Z"}"#
        #expect(try outcomes(row, policy, "aws:tokenissuetime", requests) == row.outcomes)
    }

    private func outcomes(
        _ row: Row, _ keys: String, _ key: String, _ requests: [[String]?], _ action: String = "s3:PutObject"
    ) throws -> String {
        let resource = action == "s3:ListBucket" ? "arn:aws:s3:::books" : "arn:aws:s3:::books/a.csv"
        let policy = try Fixture.policy(
            """
            "Effect": "Allow", "Principal": "*", "Action": "\(action)", "Resource": "\(resource)",
            "Condition": {"\(row.testDescription)": \(keys)}
            """)
        return requests.map { values in
            let values = values.map { [key: $0] } ?? [:]
            return Fixture.decide(action: action, resource: resource, values: values, .init(resource: policy)).isAllowed
                ? "+" : "-"
        }.joined()
    }
}
