import CofferAccess
import CofferModel
import Testing

/// Values at the edges of what operators read.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Condition operators"; W3C NOTE-datetime; RFC 4291 section 2.2.
struct ConditionEdgeTests {
    @Test(arguments: [
        ("NumericEquals", "0.1", "0.10", true), ("NumericEquals", "010", "10", true),
        ("NumericEquals", "-1", "-1.0", true), ("NumericEquals", "0", "-0", true), ("NumericEquals", "+5", "5", true),
        ("NumericEquals", "1.5", "1", false), ("NumericLessThan", "0", "-1", true),
        ("NumericLessThan", "-1", "-1.5", true), ("NumericGreaterThan", "-2", "-1", true),
        ("NumericLessThanEquals", "1000", "1000", true), ("NumericLessThanEquals", "1000", "1001", false),
        ("NumericGreaterThan", "9", "10", true), ("NumericLessThan", "10", "9.99", true),
        ("NumericGreaterThanEquals", "1.2", "1.3", true), ("NumericLessThan", "1.2", "1.10", true),
        ("NumericEquals", "10", " 10", false), ("NumericEquals", "10", "10 ", false),
        ("NumericEquals", "10", "1e1", true), ("NumericEquals", "16", "0x10", false),
        ("NumericNotEquals", "16", "0x10", true), ("NumericGreaterThan", "1", "nan", false),
        ("NumericGreaterThan", "1", "inf", false), ("NumericGreaterThan", "1", "infinity", false),
        ("NumericLessThan", "1", "-inf", false), ("NumericEquals", "1", "1,0", false),
        ("NumericEquals", "1", "1.", true), ("NumericEquals", "0.5", ".5", true), ("NumericEquals", "1", "", false),
        ("NumericEquals", "1", "١", false), ("NumericGreaterThan", "9223372036854775807", "99999999999999999999", true),
    ])
    func `A number is decimal and nothing else`(name: String, value: String, actual: String, holds: Bool) throws {
        try expect(holds, #"{"\#(name)": {"s3:max-keys": "\#(value)"}}"#, "s3:max-keys", [actual])
    }

    @Test(arguments: [
        "0x10", "1e400", "0b1", "nan", "inf", "-infinity", "1,000", "", " 1", "1 ", ".", "-", "e", "1e", "--1",
    ])
    func `A number that is none is refused`(value: String) {
        refused(#"{"NumericEquals": {"s3:max-keys": "\#(value)"}}"#)
    }

    /// The request's moment is 2028-02-29T12:30:45Z, in seconds 1835440245.
    @Test(arguments: [
        ("DateEquals", "2028-02-29T12:30:45Z", true), ("DateEquals", "2028-02-29T12:30:45+00:00", true),
        ("DateEquals", "2028-02-29T14:30:45+02:00", true), ("DateEquals", "2028-02-29T07:00:45-05:30", true),
        ("DateEquals", "2028-03-01T00:30:45+12:00", true), ("DateEquals", "2028-02-28T23:30:45-13:00", true),
        ("DateEquals", "2028-02-29T12:30:45-00:00", true), ("DateEquals", "20280229T123045Z", true),
        ("DateEquals", "1835440245", true), ("DateEquals", "1835440246", false),
        ("DateEquals", "2028-02-29T12:30Z", false), ("DateGreaterThan", "2028-02-29T12:30Z", true),
        ("DateGreaterThan", "2028-02-29", true), ("DateLessThan", "2028-03-01", true),
        ("DateGreaterThan", "2028-02", true), ("DateLessThan", "2028-03", true), ("DateGreaterThan", "0", true),
        ("DateGreaterThan", "-1", true), ("DateLessThan", "9999-12-31T23:59:59Z", true),
        ("DateGreaterThan", "1969-12-31T23:59:59Z", true), ("DateNotEquals", "2028-02-29T12:30:45Z", false),
        ("DateNotEquals", "2028-02-29T12:30:45+01:00", true), ("DateLessThanEquals", "2028-02-29T12:30:45Z", true),
        ("DateGreaterThanEquals", "2028-02-29T13:30:45+01:00", true),
        ("DateLessThan", "2028-02-29T12:30:45+01:00", false), ("DateGreaterThan", "2028-02-29T12:30:45+01:00", true),
    ])
    func `A moment in every form`(name: String, value: String, holds: Bool) throws {
        let condition = #"{"\#(name)": {"aws:CurrentTime": "\#(value)"}}"#
        for actual in ["2028-02-29T12:30:45Z", "2028-02-29T12:30:45.000Z", "1835440245"] {
            try expect(holds, condition, "aws:currenttime", [actual])
        }
    }

    @Test(arguments: [
        "2027-02-29", "2028-02-30T00:00:00Z", "2028-13-01", "2028-00-01", "2028-1-1", "28-01-01", "2028-02-29T",
        "2028-02-29T12Z", "2028-02-29T12:30:45", "2028-02-29 12:30:45Z", "2028-02-29T24:00:00Z",
        "2028-02-29T12:60:00Z", "2028-02-29T12:30:45+0100", "2028-02-29T12:30:45+25:00", "2028-02-29T12:30:45+1:00",
        "2028-02-29T12:30:45 Z", "today", "", "1.5", "2028-02-29Z", "2028/02/29",
    ])
    func `A moment that there is not is refused`(value: String) {
        refused(#"{"DateLessThan": {"aws:CurrentTime": "\#(value)"}}"#)
    }

    @Test(arguments: [
        ("203.0.113.77/24", "203.0.113.1", true), ("203.0.113.0/25", "203.0.113.128", false),
        ("203.0.113.128/25", "203.0.113.255", true), ("203.0.113.4/30", "203.0.113.7", true),
        ("203.0.113.4/30", "203.0.113.8", false), ("203.0.113.4/32", "203.0.113.5", false),
        ("0.0.0.0/0", "203.0.113.5", true), ("0.0.0.0/0", "2001:db8::1", false), ("::/0", "203.0.113.5", false),
        ("128.0.0.0/1", "127.255.255.255", false), ("128.0.0.0/1", "128.0.0.0", true),
        ("2001:DB8::/32", "2001:db8::1", true), ("2001:db8:0:0:0:0:0:1", "2001:db8::1", true),
        ("2001:db8::1/128", "2001:db8::2", false), ("2001:db8::/127", "2001:db8::1", true),
        ("2001:db8::/127", "2001:db8::2", false), ("2001:db8:1234:5678::/64", "2001:db8:1234:5678:9:a:b:c", true),
        ("2001:db8:1234:5678::/64", "2001:db8:1234:5679::1", false), ("2001:db8::/44", "2001:db8:f::1", true),
        ("2001:db8::/44", "2001:db8:10::1", false), ("::ffff:203.0.113.0", "203.0.113.0", true),
        ("203.0.113.0/24", "::ffff:203.0.113.9", true), ("203.0.113.0/24", "::203.0.113.9", false),
        ("fe80::/10", "febf::1", true), ("fe80::/10", "fec0::1", false), ("203.0.113.0/24", "203.0.113.9:443", false),
        ("203.0.113.0/24", "203.0.113.09", false), ("203.0.113.0/24", " 203.0.113.9", false),
        ("203.0.113.0/24", "[2001:db8::1]", false), ("203.0.113.0/24", "-", false),
    ])
    func `A range of addresses`(range: String, actual: String, holds: Bool) throws {
        try expect(holds, #"{"IpAddress": {"aws:SourceIp": "\#(range)"}}"#, "aws:sourceip", [actual])
        try expect(!holds, #"{"NotIpAddress": {"aws:SourceIp": "\#(range)"}}"#, "aws:sourceip", [actual])
    }

    /// Each of the six parts is looked at by itself; colons of the last are its own.
    @Test(arguments: [
        ("arn:aws:sns:us-east-1:111122223333:topic", true), ("arn:aws:sns:*:111122223333:topic", true),
        ("arn:aws:sns:us-*-1:111122223333:topic", true), ("arn:aws:sns:us-east-?:111122223333:topic", true),
        ("arn:aws:sns:us-east-?1:111122223333:topic", false), ("arn:aws:sns:us-east-1:*:topic", true),
        ("arn:aws:sns:us-east-1:1111*:topic", true), ("arn:aws:sns:us-east-1:????????????:topic", true),
        ("arn:aws:sns:us-east-1:???????????:topic", false), ("arn:*:sns:us-east-1:111122223333:topic", true),
        ("arn:aws:s*:us-east-1:111122223333:t*c", true), ("arn:aws:sns:us-east-1:111122223333:*", true),
        ("arn:aws:sns:us-east-1:111122223333:TOPIC", false), ("arn:aws:SNS:us-east-1:111122223333:topic", false),
        ("arn:aws:sns::111122223333:topic", false), ("arn:aws:sns:*:*:*", true), ("arn:aws:*", nil),
        ("arn:aws:sns:*", nil), ("*", true), ("arn:aws:sqs:*:*:*", false), ("arn:aws:sns:us-east-1:*:*:*", false),
        ("arn:aws:sns:us-east-1:111122223333:topic:sub", false), ("arn:aws:sns:us-east-1:111122223333:", false),
    ])
    func `An ARN is matched part by part`(pattern: String, matches: Bool?) throws {
        let topic = "arn:aws:sns:us-east-1:111122223333:topic"
        for (name, isNegated) in [
            ("ArnLike", false), ("ArnEquals", false), ("ArnNotLike", true), ("ArnNotEquals", true),
        ] {
            let condition = #"{"\#(name)": {"aws:SourceArn": "\#(pattern)"}}"#
            guard let matches else {
                refused(condition)
                continue
            }
            try expect(matches != isNegated, condition, "aws:sourcearn", [topic])
        }
    }

    @Test(arguments: [
        ("arn:aws:sns:us-east-1:111122223333:a:b", "arn:aws:sns:us-east-1:111122223333:*", true),
        ("arn:aws:sns:us-east-1:111122223333:a:b", "arn:aws:sns:us-east-1:111122223333:a:?", true),
        ("arn:aws:sns:us-east-1:111122223333:a:b", "arn:aws:sns:us-east-1:111122223333:a", false),
        ("arn:aws:s3:::books/a/b", "arn:aws:s3:::books/*", true), ("arn:aws:s3:::books", "arn:aws:s3:::books/*", false),
        ("arn:aws:s3:::books", "arn:aws:s3:*:*:books", true), ("books", "arn:aws:s3:::books", false),
        ("arn:aws:s3:::", "arn:aws:s3:::*", true), ("", "*", false), ("not-an-arn", "*", false),
    ])
    func `An ARN of the request`(actual: String, pattern: String, matches: Bool) throws {
        try expect(matches, #"{"ArnLike": {"aws:SourceArn": "\#(pattern)"}}"#, "aws:sourcearn", [actual])
    }

    @Test(arguments: [
        ("QUI=", "QUI=", true), ("QUI=", "QUJD", false), ("AA==", "AA==", true), ("AAA=", "AA==", false),
        ("+/+/", "+/+/", true), ("+/+/", "-_-_", false), ("", "", true), ("QUI=", "QUI", false),
        ("QUI=", "qui=", false), ("QUI=", " QUI=", false),
    ])
    func `Bytes are compared and not their text`(value: String, actual: String, holds: Bool) throws {
        try expect(holds, #"{"BinaryEquals": {"aws:Referer": "\#(value)"}}"#, "aws:referer", [actual])
    }

    @Test(
        arguments: [
            ("true", nil, true), ("false", nil, false), ("true", [], true), ("false", [], false), ("true", [""], false),
            ("false", [""], true), ("true", ["a", "b"], false), ("false", ["a", "b"], true), ("TRUE", nil, true),
        ] as [(String, [String]?, Bool)])
    func `Null asks whether there is a value`(value: String, actual: [String]?, holds: Bool) throws {
        try expect(holds, #"{"Null": {"aws:Referer": "\#(value)"}}"#, "aws:referer", actual)
    }

    @Test(arguments: [
        ("StringLike", "*", "", true), ("StringLike", "?*", "", false), ("StringLike", "a*b*c", "aXbYc", true),
        ("StringLike", "a*b*c", "acb", false), ("StringLike", "ü?", "üx", true), ("StringLike", "a\\\\*", "a*", false),
        ("StringEquals", "a", " a", false), ("StringEquals", "é", "e\u{301}", false), ("StringEquals", "*", "a", false),
        ("StringEqualsIgnoreCase", "ÄÖ", "äö", true), ("StringEqualsIgnoreCase", "a", "b", false),
        ("StringNotLike", "home/*", "home/", false), ("StringNotLike", "home/?*", "home/", true),
        ("StringNotEqualsIgnoreCase", "Private", "PRIVATE", false), ("StringNotEquals", "", "", false),
        ("StringLike", "https://example.org/*", "https://example.org/a?b=c", true),
        ("StringLike", "https://example.org/*", "https://example.org.evil.test/", false),
    ])
    func `Text to the letter`(name: String, value: String, actual: String, holds: Bool) throws {
        try expect(holds, #"{"\#(name)": {"aws:Referer": "\#(value)"}}"#, "aws:referer", [actual])
    }

    private func expect(
        _ holds: Bool, _ condition: String, _ key: String, _ values: [String]?,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let values = values.map { [key: $0] } ?? [:]
        let policies = PolicySet(resource: try Self.policy(condition))
        let decision = Fixture.decide(
            action: "s3:ListBucket", resource: "arn:aws:s3:::books", values: values, policies)
        #expect(decision.isAllowed == holds, "\(condition) of \(values)", sourceLocation: sourceLocation)
    }

    private func refused(_ condition: String) {
        let error = #expect(throws: S3Error.self, "\(condition)") { try Self.policy(condition) }
        #expect(error?.code == .malformedPolicy)
    }

    private static func policy(_ condition: String) throws(S3Error) -> Policy {
        try Fixture.policy(
            #""Effect": "Allow", "Principal": "*", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::books", "Condition": \#(condition)"#
        )
    }
}
