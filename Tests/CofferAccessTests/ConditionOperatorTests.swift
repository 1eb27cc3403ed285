import CofferAccess
import CofferModel
import Testing

struct ConditionOperatorTests {
    @Test(arguments: [
        ("StringEquals", "\"a\"", "a", true), ("StringEquals", "\"a\"", "A", false),
        ("StringEquals", "\"a*\"", "ab", false),
        ("StringEquals", "\"a*\"", "a*", true), ("StringEquals", "[\"a\", \"b\"]", "b", true),
        ("StringEquals", "[\"a\", \"b\"]", "c", false), ("StringEquals", "\"\"", "", true),
        ("StringEquals", "[]", "a", false),
        ("StringNotEquals", "\"a\"", "b", true), ("StringNotEquals", "\"a\"", "a", false),
        ("StringNotEquals", "[\"a\", \"b\"]", "b", false), ("StringNotEquals", "[\"a\", \"b\"]", "c", true),
        ("StringEqualsIgnoreCase", "\"Ab\"", "aB", true), ("StringEqualsIgnoreCase", "\"a*\"", "AB", false),
        ("StringNotEqualsIgnoreCase", "\"Ab\"", "aB", false), ("StringNotEqualsIgnoreCase", "\"Ab\"", "c", true),
        ("StringLike", "\"a*\"", "abc", true), ("StringLike", "\"a?\"", "ab", true),
        ("StringLike", "\"a?\"", "abc", false),
        ("StringLike", "\"A*\"", "abc", false), ("StringNotLike", "\"a*\"", "abc", false),
        ("StringNotLike", "\"a*\"", "b", true),
        ("NumericEquals", "\"10\"", "10", true), ("NumericEquals", "10", "10", true),
        ("NumericEquals", "\"10\"", "10.0", true),
        ("NumericEquals", "\"10\"", "11", false), ("NumericEquals", "[1, 2]", "2", true),
        ("NumericNotEquals", "\"10\"", "10", false), ("NumericNotEquals", "\"10\"", "11", true),
        ("NumericLessThan", "10", "9", true), ("NumericLessThan", "10", "10", false),
        ("NumericLessThanEquals", "10", "10", true), ("NumericLessThanEquals", "10", "11", false),
        ("NumericGreaterThan", "10", "11", true), ("NumericGreaterThan", "10", "10", false),
        ("NumericGreaterThanEquals", "10", "10", true), ("NumericGreaterThanEquals", "10", "9", false),
        ("NumericLessThan", "10", "x", false), ("NumericLessThan", "10", "", false),
    ])
    func `An operator on text and numbers`(name: String, values: String, actual: String, holds: Bool) throws {
        try expect(holds, "{\"\(name)\": {\"s3:max-keys\": \(values)}}", ["s3:max-keys": actual])
    }

    @Test(arguments: [
        ("DateEquals", "2026-11-23T00:00:00Z", true), ("DateEquals", "2026-11-23T00:00:01Z", false),
        ("DateEquals", "1795392000", true), ("DateNotEquals", "2026-11-23T00:00:00Z", false),
        ("DateNotEquals", "2026-11-24T00:00:00Z", true), ("DateLessThan", "2026-11-23T00:00:01Z", true),
        ("DateLessThan", "2026-11-23T00:00:00Z", false), ("DateLessThanEquals", "2026-11-23T00:00:00Z", true),
        ("DateLessThanEquals", "2026-11-22T23:59:59Z", false), ("DateGreaterThan", "2026-11-22T23:59:59Z", true),
        ("DateGreaterThan", "2026-11-23T00:00:00Z", false), ("DateGreaterThanEquals", "2026-11-23T00:00:00Z", true),
        ("DateGreaterThanEquals", "2026-11-23T00:00:01Z", false), ("DateEquals", "2026-11-23", true),
        ("DateEquals", "2026-11-23T00:00Z", true), ("DateEquals", "2026-11-23T01:30+01:30", true),
        ("DateEquals", "2026-11-22T23:00:00-01:00", true), ("DateEquals", "2026-11-23T00:00:00+01:00", false),
        ("DateGreaterThan", "2026-11", true), ("DateLessThan", "2026-12", true), ("DateEquals", "2026-11", false),
    ])
    func `An operator on dates`(name: String, value: String, holds: Bool) throws {
        let condition = "{\"\(name)\": {\"aws:CurrentTime\": \"\(value)\"}}"
        try expect(holds, condition, ["aws:currenttime": "2026-11-23T00:00:00.000Z"])
    }

    @Test(arguments: [
        ("Bool", "\"true\"", "true", true), ("Bool", "true", "true", true), ("Bool", "\"TRUE\"", "true", true),
        ("Bool", "\"false\"", "true", false), ("Bool", "false", "false", true), ("Bool", "true", "yes", false),
        ("Bool", "[true, false]", "false", true), ("BinaryEquals", "\"QUI=\"", "QUI=", true),
        ("BinaryEquals", "\"QUI=\"", "QUJD", false), ("BinaryEquals", "[\"QUJD\", \"QUI=\"]", "QUI=", true),
        ("BinaryEquals", "\"QUI=\"", "???", false),
    ])
    func `An operator on truth`(name: String, value: String, actual: String, holds: Bool) throws {
        try expect(holds, "{\"\(name)\": {\"aws:SecureTransport\": \(value)}}", ["aws:securetransport": actual])
    }

    @Test(arguments: [
        ("IpAddress", "\"203.0.113.0/24\"", "203.0.113.9", true),
        ("IpAddress", "\"203.0.113.0/24\"", "203.0.114.9", false),
        ("IpAddress", "[\"10.0.0.0/8\", \"2001:db8::/32\"]", "2001:db8:1::5", true),
        ("IpAddress", "\"10.0.0.1\"", "10.0.0.1", true),
        ("NotIpAddress", "\"203.0.113.0/24\"", "203.0.113.9", false),
        ("NotIpAddress", "\"203.0.113.0/24\"", "10.0.0.1", true),
        ("NotIpAddress", "[\"10.0.0.0/8\", \"192.168.0.0/16\"]", "192.168.1.1", false),
    ])
    func `An operator on addresses`(name: String, value: String, actual: String, holds: Bool) throws {
        try expect(holds, "{\"\(name)\": {\"aws:SourceIp\": \(value)}}", ["aws:sourceip": actual])
    }

    @Test(arguments: [
        ("ArnEquals", "arn:aws:iam::111122223333:user/alice", true),
        ("ArnLike", "arn:aws:iam::111122223333:user/*", true),
        ("ArnEquals", "arn:aws:iam::111122223333:user/bob", false),
        ("ArnNotEquals", "arn:aws:iam::111122223333:user/bob", true),
        ("ArnNotLike", "arn:aws:iam::111122223333:user/*", false), ("ArnLike", "arn:aws:iam::*:user/al?ce", true),
        ("ArnEquals", "arn:aws:iam::*:user/alice", true), ("ArnLike", "arn:*:iam::111122223333:*", true),
        ("ArnLike", "*", true), ("ArnNotLike", "*", false), ("ArnLike", "arn:aws:*:user/alice::", false),
        ("ArnLike", "arn:aws:iam:*:111122223333:user/alice", true),
        ("ArnLike", "arn:aws:*::111122223333:user/alice", true),
        ("ArnLike", "arn:aws:iam::1111*:user/alice", true), ("ArnLike", "arn:aws:iam::1111:user/alice", false),
    ])
    func `An operator on ARNs`(name: String, value: String, holds: Bool) throws {
        let condition = "{\"\(name)\": {\"aws:PrincipalArn\": \"\(value)\"}}"
        try expect(holds, condition, ["aws:principalarn": "arn:aws:iam::111122223333:user/alice"])
    }

    /// IAM User Guide: without the key a condition fails, but for negated operators, `…IfExists`, and `Null`.
    @Test(arguments: [
        ("StringEquals", "a", false), ("StringLike", "*", false), ("StringNotEquals", "a", true),
        ("StringNotLike", "*", true),
        ("StringEqualsIfExists", "a", true), ("StringLikeIfExists", "a", true), ("StringNotEqualsIfExists", "a", true),
        ("NumericLessThan", "10", false), ("NumericLessThanIfExists", "10", true), ("NumericNotEquals", "10", true),
        ("Null", "true", true), ("Null", "false", false),
    ])
    func `An operator on a key that the request does not have`(name: String, value: String, holds: Bool) throws {
        try expect(holds, "{\"\(name)\": {\"s3:max-keys\": \"\(value)\"}}", [:])
    }

    @Test(arguments: [
        ("StringEqualsIfExists", "a", "b", false), ("StringEqualsIfExists", "a", "a", true),
        ("StringNotEqualsIfExists", "a", "a", false),
        ("Null", "true", "x", false), ("Null", "false", "x", true), ("Null", "false", "", true),
    ])
    func `IfExists and Null on a key that the request has`(name: String, value: String, actual: String, holds: Bool)
        throws
    {
        try expect(holds, "{\"\(name)\": {\"s3:prefix\": \"\(value)\"}}", ["s3:prefix": actual])
    }

    @Test func `A key is named in any case`() throws {
        try expect(true, "{\"StringEquals\": {\"AWS:sourceIP\": \"x\"}}", ["aws:sourceip": "x"])
    }

    @Test(arguments: [
        "[]", "\"x\"", "{\"StringEquals\": \"x\"}", "{\"StringEquals\": {\"s3:prefix\": null}}",
        "{\"StringEquals\": {\"s3:prefix\": {\"a\": 1}}}", "{\"StringEquals\": {\"s3:unknown\": \"x\"}}",
        "{\"stringequals\": {\"s3:prefix\": \"x\"}}", "{\"StringSounds\": {\"s3:prefix\": \"x\"}}",
        "{\"StringEqualsIfExistsIfExists\": {\"s3:prefix\": \"x\"}}",
        "{\"StringLike\": {\"s3:prefix\": \"${aws:username/*\"}}", "{\"StringLike\": {\"s3:prefix\": \"${name}\"}}",
        "{\"ArnLike\": {\"aws:PrincipalArn\": \"alice\"}}", "{\"ArnLike\": {\"aws:PrincipalArn\": \"arn:aws:iam\"}}",
        "{\"BinaryEquals\": {\"aws:Referer\": \"???\"}}", "{\"BinaryNotEquals\": {\"aws:Referer\": \"AAAA\"}}",
        "{\"ForEveryValue:StringEquals\": {\"s3:prefix\": \"x\"}}",
        "{\"ForAllValues:Null\": {\"s3:prefix\": \"true\"}}",
        "{\"ForAnyValue:ForAllValues:StringEquals\": {\"s3:prefix\": \"x\"}}",
        "{\"StringEquals\": {\"prefix\": \"x\"}}",
        "{\"StringEquals\": {\"s3:RequestObjectTag/\": \"x\"}}",
        "{\"StringEquals\": {\"s3:ExistingObjectTag\": \"x\"}}",
        "{\"NumericEquals\": {\"s3:max-keys\": \"ten\"}}", "{\"DateLessThan\": {\"aws:CurrentTime\": \"soon\"}}",
        "{\"Bool\": {\"aws:SecureTransport\": \"yes\"}}", "{\"IpAddress\": {\"aws:SourceIp\": \"10.0.0.0/33\"}}",
        "{\"IpAddress\": {\"aws:SourceIp\": \"here\"}}", "{\"Null\": {\"s3:prefix\": \"maybe\"}}",
        "{\"NumericNotLessThan\": {\"s3:max-keys\": \"1\"}}",
    ])
    func `A condition that the server does not understand is refused`(condition: String) {
        let error = #expect(throws: S3Error.self) { try Self.policy(condition) }
        #expect(error?.code == .malformedPolicy)
    }

    /// IAM User Guide: `IfExists` goes with every operator but `Null`.
    @Test func `Null does not go with IfExists`() {
        let error = #expect(throws: S3Error.self) { try Self.policy("{\"NullIfExists\": {\"s3:prefix\": \"true\"}}") }
        #expect(error?.code == .malformedPolicy)
    }

    private func expect(
        _ holds: Bool, _ condition: String, _ values: [String: String],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let decision = Fixture.decide(
            action: "s3:ListBucket", resource: "arn:aws:s3:::books", values: values, under: try Self.policy(condition))
        #expect(decision.isAllowed == holds, "\(condition)", sourceLocation: sourceLocation)
    }

    private static func policy(_ condition: String) throws(S3Error) -> Policy {
        try Fixture.policy(
            "\"Effect\": \"Allow\", \"Principal\": \"*\", \"Action\": \"s3:ListBucket\", \"Resource\": \"arn:aws:s3:::books\", \"Condition\": \(condition)"
        )
    }
}
