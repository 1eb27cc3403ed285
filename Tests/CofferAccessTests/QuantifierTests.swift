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
        Row("StringEquals", "-++-++-"), Row("StringEqualsIfExists", "+++-++-"),
        Row("ForAnyValue:StringEquals", "-++-++-"), Row("ForAnyValue:StringEqualsIfExists", "+++-++-"),
        Row("ForAllValues:StringEquals", "+++-+--"), Row("ForAllValues:StringEqualsIfExists", "+++-+--"),
        Row("StringLike", "-++-++-"), Row("StringLikeIfExists", "+++-++-"), Row("ForAnyValue:StringLike", "-++-++-"),
        Row("ForAnyValue:StringLikeIfExists", "+++-++-"), Row("ForAllValues:StringLike", "+++-+--"),
        Row("ForAllValues:StringLikeIfExists", "+++-+--"), Row("StringEqualsIgnoreCase", "-++-++-"),
        Row("StringEqualsIgnoreCaseIfExists", "+++-++-"), Row("ForAnyValue:StringEqualsIgnoreCase", "-++-++-"),
        Row("ForAnyValue:StringEqualsIgnoreCaseIfExists", "+++-++-"),
        Row("ForAllValues:StringEqualsIgnoreCase", "+++-+--"),
        Row("ForAllValues:StringEqualsIgnoreCaseIfExists", "+++-+--"), Row("StringNotEquals", "+--+--+"),
        Row("StringNotEqualsIfExists", "+--+--+"), Row("ForAnyValue:StringNotEquals", "---+-++"),
        Row("ForAnyValue:StringNotEqualsIfExists", "+--+-++"), Row("ForAllValues:StringNotEquals", "+--+--+"),
        Row("ForAllValues:StringNotEqualsIfExists", "+--+--+"), Row("StringNotLike", "+--+--+"),
        Row("StringNotLikeIfExists", "+--+--+"), Row("ForAnyValue:StringNotLike", "---+-++"),
        Row("ForAnyValue:StringNotLikeIfExists", "+--+-++"), Row("ForAllValues:StringNotLike", "+--+--+"),
        Row("ForAllValues:StringNotLikeIfExists", "+--+--+"), Row("StringNotEqualsIgnoreCase", "+--+--+"),
        Row("StringNotEqualsIgnoreCaseIfExists", "+--+--+"), Row("ForAnyValue:StringNotEqualsIgnoreCase", "---+-++"),
        Row("ForAnyValue:StringNotEqualsIgnoreCaseIfExists", "+--+-++"),
        Row("ForAllValues:StringNotEqualsIgnoreCase", "+--+--+"),
        Row("ForAllValues:StringNotEqualsIgnoreCaseIfExists", "+--+--+"),
    ])
    func `Text of several values`(row: Row) throws {
        let requests = [nil, ["a"], ["b"], ["c"], ["a", "b"], ["a", "c"], ["c", "d"]]
        #expect(
            try outcomes(row, #"{"s3:RequestObjectTagKeys": ["a", "b"]}"#, "s3:requestobjecttagkeys", requests)
                == row.outcomes)
    }

    /// The policy's value is 10; the request's none, 9, 10, 11, 9 with 10, 10 with 11, 9 with 11, and text.
    @Test(arguments: [
        Row("NumericEquals", "--+-++--"), Row("NumericEqualsIfExists", "+-+-++--"),
        Row("ForAnyValue:NumericEquals", "--+-++--"), Row("ForAnyValue:NumericEqualsIfExists", "+-+-++--"),
        Row("ForAllValues:NumericEquals", "+-+-----"), Row("ForAllValues:NumericEqualsIfExists", "+-+-----"),
        Row("NumericNotEquals", "++-+--++"), Row("NumericNotEqualsIfExists", "++-+--++"),
        Row("ForAnyValue:NumericNotEquals", "-+-+++++"), Row("ForAnyValue:NumericNotEqualsIfExists", "++-+++++"),
        Row("ForAllValues:NumericNotEquals", "++-+--++"), Row("ForAllValues:NumericNotEqualsIfExists", "++-+--++"),
        Row("NumericLessThan", "-+--+-+-"), Row("NumericLessThanIfExists", "++--+-+-"),
        Row("ForAnyValue:NumericLessThan", "-+--+-+-"), Row("ForAnyValue:NumericLessThanIfExists", "++--+-+-"),
        Row("ForAllValues:NumericLessThan", "++------"), Row("ForAllValues:NumericLessThanIfExists", "++------"),
        Row("NumericLessThanEquals", "-++-+++-"), Row("NumericLessThanEqualsIfExists", "+++-+++-"),
        Row("ForAnyValue:NumericLessThanEquals", "-++-+++-"),
        Row("ForAnyValue:NumericLessThanEqualsIfExists", "+++-+++-"),
        Row("ForAllValues:NumericLessThanEquals", "+++-+---"),
        Row("ForAllValues:NumericLessThanEqualsIfExists", "+++-+---"), Row("NumericGreaterThan", "---+-++-"),
        Row("NumericGreaterThanIfExists", "+--+-++-"), Row("ForAnyValue:NumericGreaterThan", "---+-++-"),
        Row("ForAnyValue:NumericGreaterThanIfExists", "+--+-++-"), Row("ForAllValues:NumericGreaterThan", "+--+----"),
        Row("ForAllValues:NumericGreaterThanIfExists", "+--+----"), Row("NumericGreaterThanEquals", "--+++++-"),
        Row("NumericGreaterThanEqualsIfExists", "+-+++++-"), Row("ForAnyValue:NumericGreaterThanEquals", "--+++++-"),
        Row("ForAnyValue:NumericGreaterThanEqualsIfExists", "+-+++++-"),
        Row("ForAllValues:NumericGreaterThanEquals", "+-++-+--"),
        Row("ForAllValues:NumericGreaterThanEqualsIfExists", "+-++-+--"),
    ])
    func `Numbers of several values`(row: Row) throws {
        let requests = [nil, ["9"], ["10"], ["11"], ["9", "10"], ["10", "11"], ["9", "11"], ["ten"]]
        #expect(try outcomes(row, #"{"s3:max-keys": 10}"#, "s3:max-keys", requests, "s3:ListBucket") == row.outcomes)
    }

    /// The policy's range is 10.0.0.0/8; the request's values none, within, without, both, and text.
    @Test(arguments: [
        Row("IpAddress", "-+-+-"), Row("IpAddressIfExists", "++-+-"), Row("ForAnyValue:IpAddress", "-+-+-"),
        Row("ForAnyValue:IpAddressIfExists", "++-+-"), Row("ForAllValues:IpAddress", "++---"),
        Row("ForAllValues:IpAddressIfExists", "++---"), Row("NotIpAddress", "+-+-+"),
        Row("NotIpAddressIfExists", "+-+-+"), Row("ForAnyValue:NotIpAddress", "--+++"),
        Row("ForAnyValue:NotIpAddressIfExists", "+-+++"), Row("ForAllValues:NotIpAddress", "+-+-+"),
        Row("ForAllValues:NotIpAddressIfExists", "+-+-+"),
    ])
    func `Addresses of several values`(row: Row) throws {
        let requests = [nil, ["10.1.2.3"], ["11.1.2.3"], ["10.1.2.3", "11.1.2.3"], ["ten"]]
        #expect(try outcomes(row, #"{"aws:SourceIp": "10.0.0.0/8"}"#, "aws:sourceip", requests) == row.outcomes)
    }

    /// The policy's pattern is a user of an account; the request's values none, one, another's, both, and text.
    @Test(arguments: [
        Row("ArnEquals", "-+-+-"), Row("ArnEqualsIfExists", "++-+-"), Row("ForAnyValue:ArnEquals", "-+-+-"),
        Row("ForAnyValue:ArnEqualsIfExists", "++-+-"), Row("ForAllValues:ArnEquals", "++---"),
        Row("ForAllValues:ArnEqualsIfExists", "++---"), Row("ArnLike", "-+-+-"), Row("ArnLikeIfExists", "++-+-"),
        Row("ForAnyValue:ArnLike", "-+-+-"), Row("ForAnyValue:ArnLikeIfExists", "++-+-"),
        Row("ForAllValues:ArnLike", "++---"), Row("ForAllValues:ArnLikeIfExists", "++---"),
        Row("ArnNotEquals", "+-+-+"), Row("ArnNotEqualsIfExists", "+-+-+"), Row("ForAnyValue:ArnNotEquals", "--+++"),
        Row("ForAnyValue:ArnNotEqualsIfExists", "+-+++"), Row("ForAllValues:ArnNotEquals", "+-+-+"),
        Row("ForAllValues:ArnNotEqualsIfExists", "+-+-+"), Row("ArnNotLike", "+-+-+"),
        Row("ArnNotLikeIfExists", "+-+-+"), Row("ForAnyValue:ArnNotLike", "--+++"),
        Row("ForAnyValue:ArnNotLikeIfExists", "+-+++"), Row("ForAllValues:ArnNotLike", "+-+-+"),
        Row("ForAllValues:ArnNotLikeIfExists", "+-+-+"),
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
        Row("Bool", "-+--"), Row("BoolIfExists", "++--"), Row("ForAnyValue:Bool", "-+--"),
        Row("ForAnyValue:BoolIfExists", "++--"), Row("ForAllValues:Bool", "++--"),
        Row("ForAllValues:BoolIfExists", "++--"), Row("Null", "+---"),
    ])
    func `Truth`(row: Row) throws {
        let requests = [nil, ["true"], ["false"], ["yes"]]
        #expect(try outcomes(row, #"{"aws:SecureTransport": "true"}"#, "aws:securetransport", requests) == row.outcomes)
    }

    /// The policy's bytes are AB; the request's values none, those, others, both, and text that is no Base64.
    @Test(arguments: [
        Row("BinaryEquals", "-+-+-"), Row("BinaryEqualsIfExists", "++-+-"), Row("ForAnyValue:BinaryEquals", "-+-+-"),
        Row("ForAnyValue:BinaryEqualsIfExists", "++-+-"), Row("ForAllValues:BinaryEquals", "++---"),
        Row("ForAllValues:BinaryEqualsIfExists", "++---"),
    ])
    func `Bytes of several values`(row: Row) throws {
        let requests = [nil, ["QUI="], ["QUJD"], ["QUI=", "QUJD"], ["???"]]
        #expect(try outcomes(row, #"{"aws:Referer": "QUI="}"#, "aws:referer", requests) == row.outcomes)
    }

    /// The policy's moment is noon; the request's values none, before, noon, after, and text.
    @Test(arguments: [
        Row("DateEquals", "--+--"), Row("DateEqualsIfExists", "+-+--"), Row("ForAnyValue:DateEquals", "--+--"),
        Row("ForAnyValue:DateEqualsIfExists", "+-+--"), Row("ForAllValues:DateEquals", "+-+--"),
        Row("ForAllValues:DateEqualsIfExists", "+-+--"), Row("DateNotEquals", "++-++"),
        Row("DateNotEqualsIfExists", "++-++"), Row("ForAnyValue:DateNotEquals", "-+-++"),
        Row("ForAnyValue:DateNotEqualsIfExists", "++-++"), Row("ForAllValues:DateNotEquals", "++-++"),
        Row("ForAllValues:DateNotEqualsIfExists", "++-++"), Row("DateLessThan", "-+---"),
        Row("DateLessThanIfExists", "++---"), Row("ForAnyValue:DateLessThan", "-+---"),
        Row("ForAnyValue:DateLessThanIfExists", "++---"), Row("ForAllValues:DateLessThan", "++---"),
        Row("ForAllValues:DateLessThanIfExists", "++---"), Row("DateLessThanEquals", "-++--"),
        Row("DateLessThanEqualsIfExists", "+++--"), Row("ForAnyValue:DateLessThanEquals", "-++--"),
        Row("ForAnyValue:DateLessThanEqualsIfExists", "+++--"), Row("ForAllValues:DateLessThanEquals", "+++--"),
        Row("ForAllValues:DateLessThanEqualsIfExists", "+++--"), Row("DateGreaterThan", "---+-"),
        Row("DateGreaterThanIfExists", "+--+-"), Row("ForAnyValue:DateGreaterThan", "---+-"),
        Row("ForAnyValue:DateGreaterThanIfExists", "+--+-"), Row("ForAllValues:DateGreaterThan", "+--+-"),
        Row("ForAllValues:DateGreaterThanIfExists", "+--+-"), Row("DateGreaterThanEquals", "--++-"),
        Row("DateGreaterThanEqualsIfExists", "+-++-"), Row("ForAnyValue:DateGreaterThanEquals", "--++-"),
        Row("ForAnyValue:DateGreaterThanEqualsIfExists", "+-++-"), Row("ForAllValues:DateGreaterThanEquals", "+-++-"),
        Row("ForAllValues:DateGreaterThanEqualsIfExists", "+-++-"),
    ])
    func `Moments`(row: Row) throws {
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
