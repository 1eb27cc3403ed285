import CofferAccess
import CofferModel
import Testing

/// Policies of the kinds that AWS's guides show, and requests that they are to let through or to keep out.
///
/// Source: S3 User Guide, "Examples of Amazon S3 bucket policies", "Bucket policy examples using condition keys" and
/// "Identity-based policy examples for Amazon S3"; IAM User Guide, "Policy variables" and "Deny access to AWS based on the
/// source IP".
struct GuidePolicyTests {
    /// A request under a policy: the action, the key, or nil for the bucket, the values of condition keys, and the outcome.
    typealias Case = (action: String, key: String?, values: [String: [String]], isAllowed: Bool)

    private static func expect(
        _ policies: PolicySet, by principal: Principal, _ row: Case, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let resource = "arn:aws:s3:::books" + (row.key.map { "/\($0)" } ?? "")
        let decision = Fixture.decide(
            principal, action: "s3:\(row.action)", resource: resource, values: row.values, policies)
        #expect(decision.isAllowed == row.isAllowed, "\(decision)", sourceLocation: sourceLocation)
    }

    private static let objects = #""Resource": "arn:aws:s3:::books/*""#
    private static let open =
        #""Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject", "s3:PutObject"], \#(objects)"#

    @Test(
        arguments: [
            (["aws:securetransport": ["true"]], true), (["aws:securetransport": ["false"]], false), ([:], true),
        ] as [([String: [String]], Bool)])
    func `Requests without TLS are denied`(values: [String: [String]], isAllowed: Bool) throws {
        let policy = try Fixture.policy(
            Self.open,
            #""Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::books", "arn:aws:s3:::books/*"], "Condition": {"Bool": {"aws:SecureTransport": "false"}}"#
        )
        Self.expect(PolicySet(resource: policy), by: .anonymous, ("GetObject", "a", values, isAllowed))
    }

    @Test(
        arguments: [
            ("1.3", true), ("1.2", true), ("1.1", false), ("1.0", false), (nil, true),
        ] as [(String?, Bool)])
    func `Versions of TLS before 1.2 are denied`(version: String?, isAllowed: Bool) throws {
        let policy = try Fixture.policy(
            Self.open,
            #""Effect": "Deny", "Principal": "*", "Action": "s3:*", \#(Self.objects), "Condition": {"NumericLessThan": {"s3:TlsVersion": 1.2}}"#
        )
        let values = version.map { ["s3:tlsversion": [$0]] } ?? [:]
        Self.expect(PolicySet(resource: policy), by: .anonymous, ("GetObject", "a", values, isAllowed))
    }

    @Test(
        arguments: [
            ("192.0.2.1", true), ("192.0.2.254", true), ("192.0.3.1", false), ("203.0.113.9", true),
            ("2001:db8:1234:5678::9", true), ("2001:db8:1234:5679::9", false), ("::ffff:192.0.2.7", true), (nil, false),
        ] as [(String?, Bool)])
    func `Requests from elsewhere are denied`(address: String?, isAllowed: Bool) throws {
        let policy = try Fixture.policy(
            Self.open,
            #""Effect": "Deny", "Principal": "*", "Action": "s3:*", \#(Self.objects), "Condition": {"NotIpAddress": {"aws:SourceIp": ["192.0.2.0/24", "203.0.113.0/24", "2001:DB8:1234:5678::/64"]}}"#
        )
        let values = address.map { ["aws:sourceip": [$0]] } ?? [:]
        Self.expect(PolicySet(resource: policy), by: .anonymous, ("GetObject", "a", values, isAllowed))
    }

    @Test(
        arguments: [
            ("PutObject", ["AES256"], true), ("PutObject", ["aws:kms"], false), ("PutObject", nil, false),
            ("GetObject", nil, true),
        ] as [(String, [String]?, Bool)])
    func `Objects must be written with their encryption named`(action: String, header: [String]?, isAllowed: Bool)
        throws
    {
        let policy = try Fixture.policy(
            Self.open,
            #""Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", \#(Self.objects), "Condition": {"StringNotEquals": {"s3:x-amz-server-side-encryption": "AES256"}}"#,
            #""Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", \#(Self.objects), "Condition": {"Null": {"s3:x-amz-server-side-encryption": "true"}}"#
        )
        let values = header.map { ["s3:x-amz-server-side-encryption": $0] } ?? [:]
        Self.expect(PolicySet(resource: policy), by: .anonymous, (action, "a", values, isAllowed))
    }

    @Test(
        arguments: [
            ("bucket-owner-full-control", true), ("private", false), ("public-read", false), (nil, false),
        ] as [(String?, Bool)])
    func `Another account must leave the bucket's owner in control`(acl: String?, isAllowed: Bool) throws {
        let policy = try Fixture.policy(
            #""Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "s3:PutObject", \#(Self.objects), "Condition": {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}"#
        )
        let set = PolicySet(identity: [ManagedPolicy.amazonS3FullAccess.policy], resource: policy)
        let values = acl.map { ["s3:x-amz-acl": [$0]] } ?? [:]
        Self.expect(set, by: Fixture.mallory, ("PutObject", "a", values, isAllowed))
        Self.expect(PolicySet(resource: policy), by: Fixture.mallory, ("PutObject", "a", values, false))
    }

    @Test(
        arguments: [
            ("https://www.example.com/page", true), ("http://www.example.com/", true),
            ("https://example.com/other/x", true), ("https://example.com.evil.test/", false), ("", false), (nil, false),
        ] as [(String?, Bool)])
    func `Pages of some sites alone may show objects`(referer: String?, isAllowed: Bool) throws {
        let sites = #"["http://www.example.com/*", "https://www.example.com/*", "https://example.com/*"]"#
        let allowing = try Fixture.policy(
            #""Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", \#(Self.objects), "Condition": {"StringLike": {"aws:Referer": \#(sites)}}"#
        )
        let denying = try Fixture.policy(
            Self.open,
            #""Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", \#(Self.objects), "Condition": {"StringNotLike": {"aws:Referer": \#(sites)}}"#
        )
        let values = referer.map { ["aws:referer": [$0]] } ?? [:]
        for policy in [allowing, denying] {
            Self.expect(PolicySet(resource: policy), by: .anonymous, ("GetObject", "a", values, isAllowed))
        }
    }

    @Test(
        arguments: [
            (["false"], false), (["true"], true), (nil, false),
        ] as [([String]?, Bool)])
    func `Some objects need a second factor`(factor: [String]?, isAllowed: Bool) throws {
        let policy = try Fixture.policy(
            Self.open,
            #""Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::books/taxdocuments/*", "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}"#
        )
        let values = factor.map { ["aws:multifactorauthpresent": $0] } ?? [:]
        Self.expect(PolicySet(resource: policy), by: .anonymous, ("GetObject", "taxdocuments/a", values, isAllowed))
        Self.expect(PolicySet(resource: policy), by: .anonymous, ("GetObject", "other/a", values, true))
    }

    /// Everyone has a folder of their own name, and lists no other.
    @Test(
        arguments: [
            ("ListBucket", nil, ["s3:prefix": [""], "s3:delimiter": ["/"]], true),
            ("ListBucket", nil, ["s3:prefix": ["home/"], "s3:delimiter": ["/"]], true),
            ("ListBucket", nil, ["s3:prefix": ["home/alice/"]], true),
            ("ListBucket", nil, ["s3:prefix": ["home/alice/deep/"]], true),
            ("ListBucket", nil, ["s3:prefix": ["home/bob/"]], false), ("ListBucket", nil, [:], false),
            ("ListBucket", nil, ["s3:prefix": [""]], false), ("ListBucket", nil, ["s3:prefix": ["home/alic"]], false),
            ("GetObject", "home/alice/a", [:], true), ("PutObject", "home/alice/deep/a", [:], true),
            ("DeleteObject", "home/alice/a", [:], true), ("GetObject", "home/bob/a", [:], false),
            ("GetObject", "home/alice", [:], false), ("PutObject", "home/a", [:], false),
            ("GetObject", "a", [:], false),
            ("PutBucketPolicy", nil, [:], false),
        ] as [Case])
    func `A user has a folder`(row: Case) throws {
        let policy = try Fixture.identity(
            #""Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::books", "Condition": {"StringEquals": {"s3:prefix": ["", "home/"], "s3:delimiter": "/"}}"#,
            #""Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::books", "Condition": {"StringLike": {"s3:prefix": "home/${aws:username}/*"}}"#,
            #""Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::books/home/${aws:username}/*""#)
        var row = row
        row.values["aws:username"] = ["alice"]
        Self.expect(PolicySet(identity: [policy]), by: Fixture.alice, row)
    }

    /// Tags decide who reads an object, and which tags may be given.
    @Test(
        arguments: [
            ("GetObject", "a", ["s3:existingobjecttag/class": ["open"]], true),
            ("GetObject", "a", ["s3:existingobjecttag/class": ["secret"]], false), ("GetObject", "a", [:], false),
            ("GetObject", "a", ["s3:existingobjecttag/other": ["open"]], false),
            ("PutObjectTagging", "a", ["s3:requestobjecttagkeys": ["owner"]], true),
            ("PutObjectTagging", "a", ["s3:requestobjecttagkeys": ["owner", "created"]], true),
            ("PutObjectTagging", "a", ["s3:requestobjecttagkeys": ["owner", "cost"]], false),
            ("PutObjectTagging", "a", ["s3:requestobjecttagkeys": ["cost"]], false),
            ("PutObject", "a", ["s3:requestobjecttag/project": ["blue", "green"]], false),
            (
                "PutObject", "a", ["s3:requestobjecttag/project": ["blue"], "s3:requestobjecttagkeys": ["project"]],
                true
            ),
            (
                "PutObject", "a", ["s3:requestobjecttag/project": ["red"], "s3:requestobjecttagkeys": ["project"]],
                false
            ),
            ("PutObject", "a", ["s3:requestobjecttagkeys": []], false),
        ] as [Case])
    func `Tags say who may do what`(row: Case) throws {
        let policy = try Fixture.policy(
            #""Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", \#(Self.objects), "Condition": {"StringEquals": {"s3:ExistingObjectTag/class": "open"}}"#,
            #""Effect": "Allow", "Principal": "*", "Action": "s3:PutObjectTagging", \#(Self.objects), "Condition": {"ForAllValues:StringLike": {"s3:RequestObjectTagKeys": ["owner", "cre*"]}}"#,
            #""Effect": "Allow", "Principal": "*", "Action": "s3:PutObject", \#(Self.objects), "Condition": {"StringEquals": {"s3:RequestObjectTag/project": ["blue", "yellow"]}, "ForAnyValue:StringEquals": {"s3:RequestObjectTagKeys": "project"}}"#
        )
        Self.expect(PolicySet(resource: policy), by: .anonymous, row)
    }

    /// Listing is limited in its prefix and in the size of a page.
    @Test(arguments: [
        (["s3:prefix": ["projects"], "s3:max-keys": ["10"]], true),
        (["s3:prefix": ["projects"], "s3:max-keys": ["11"]], false), (["s3:prefix": ["projects"]], false),
        (["s3:prefix": ["finance"], "s3:max-keys": ["10"]], false),
        (["s3:prefix": ["projects"], "s3:max-keys": ["0"]], true),
        (["s3:prefix": ["projects"], "s3:max-keys": ["ten"]], false),
    ])
    func `A listing keeps to its prefix and size`(values: [String: [String]], isAllowed: Bool) throws {
        let policy = try Fixture.policy(
            #""Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:user/bob"}, "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::books", "Condition": {"StringEquals": {"s3:prefix": "projects"}, "NumericLessThanEquals": {"s3:max-keys": "10"}}"#
        )
        Self.expect(PolicySet(resource: policy), by: Fixture.bob, ("ListBucket", nil, values, isAllowed))
    }

    /// A boundary that lets an administrator's user work in one folder, by day, from one network.
    @Test(
        arguments: [
            ("GetObject", "team/a", ["aws:sourceip": ["10.1.1.1"], "aws:currenttime": ["2026-06-01T00:00:00Z"]], true),
            (
                "GetObject", "team/a", ["aws:sourceip": ["11.1.1.1"], "aws:currenttime": ["2026-06-01T00:00:00Z"]],
                false
            ),
            (
                "GetObject", "team/a", ["aws:sourceip": ["10.1.1.1"], "aws:currenttime": ["2027-01-01T00:00:00Z"]],
                false
            ),
            ("GetObject", "team/a", ["aws:sourceip": ["10.1.1.1"]], false),
            (
                "GetObject", "other/a", ["aws:sourceip": ["10.1.1.1"], "aws:currenttime": ["2026-06-01T00:00:00Z"]],
                false
            ),
            (
                "DeleteObject", "team/a", ["aws:sourceip": ["10.1.1.1"], "aws:currenttime": ["2026-06-01T00:00:00Z"]],
                false
            ),
            ("ListBucket", nil, ["aws:sourceip": ["10.1.1.1"], "aws:currenttime": ["2026-06-01T00:00:00Z"]], false),
        ] as [Case])
    func `A boundary limits an administrator`(row: Case) throws {
        let boundary = try Fixture.identity(
            #""Effect": "Allow", "Action": "s3:*Object", "Resource": "arn:aws:s3:::books/team/*", "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}, "DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}, "DateLessThan": {"aws:CurrentTime": "2026-12-31"}}"#,
            #""Effect": "Deny", "Action": "s3:Delete*", "Resource": "*""#)
        let set = PolicySet(identity: [ManagedPolicy.administratorAccess.policy], boundary: boundary)
        Self.expect(set, by: Fixture.alice, row)
    }
}
