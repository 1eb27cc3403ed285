import CofferAccess
import CofferModel
import Testing

/// What the documents of each kind of policy are refused for, in AWS's words.
struct PolicyFaultTests {
    private static let object = #""Resource": "arn:aws:s3:::books/*""#
    private static let bucket = #""Resource": "arn:aws:s3:::books""#
    private static let both = #""Resource": ["arn:aws:s3:::books", "arn:aws:s3:::books/*"]"#

    @Test(arguments: [
        (#""Action": "s3:GetObjekt", \#(object)"#, "Policy has invalid action"),
        (#""Action": "s3:Fetch*", \#(object)"#, "Policy has invalid action"),
        (#""Action": "s3:", \#(object)"#, "Policy has invalid action"),
        (#""Action": ["s3:GetObject", "s3:Nothing"], \#(object)"#, "Policy has invalid action"),
        (#""Action": 1, \#(object)"#, "Policy has invalid action"),
        (#""NotAction": "s3:GetObjekt", \#(object)"#, "Policy has invalid action"),
        (#""Action": "s3:ListBucket", \#(object)"#, "Action does not apply to any resource(s) in statement"),
        (#""Action": "s3:GetObject", \#(bucket)"#, "Action does not apply to any resource(s) in statement"),
        (#""Action": "s3:*Object", \#(bucket)"#, "Action does not apply to any resource(s) in statement"),
        (
            #""Action": ["s3:GetObject", "s3:ListBucket"], \#(object)"#,
            "Action does not apply to any resource(s) in statement"
        ),
        (#""Action": "s3:ListAllMyBuckets", \#(both)"#, "Action does not apply to any resource(s) in statement"),
        (#""Action": "s3:GetObject", "Resource": 1"#, "Policy has invalid resource"),
        (#""Action": "s3:GetObject", "Resource": "arn:aws:s3:::${aws:username}/*""#, "Policy has invalid resource"),
        (#""Action": "s3:GetObject", "Resource": "arn:aws:s3::111122223333:books/*""#, "Policy has invalid resource"),
        (#""Action": "s3:GetObject", "Resource": "arn:aws-cn:s3:::books/*""#, "Policy has invalid resource"),
        (
            #""Action": "s3:GetObject", \#(object), "Condition": {"StringEquals": {"s3:prefix": "a"}}"#,
            "Conditions do not apply to combination of actions and resources in statement"
        ),
        (
            #""Action": "s3:ListBucket", \#(bucket), "Condition": {"StringEquals": {"s3:x-amz-acl": "private"}}"#,
            "Conditions do not apply to combination of actions and resources in statement"
        ),
        (
            #""Action": "s3:GetObject", \#(object), "Condition": {"StringEquals": {"s3:RequestObjectTag/a": "1"}}"#,
            "Conditions do not apply to combination of actions and resources in statement"
        ),
        (
            #""Action": "s3:GetObject", \#(object), "Condition": {"StringEquals": {"s3:Nothing": "a"}}"#,
            "Policy has an invalid condition key"
        ),
        (
            #""Action": "s3:GetObject", \#(object), "Condition": {"StringEquals": {"aws:Nothing": "a"}}"#,
            "Policy has an invalid condition key"
        ),
        (
            #""Action": "s3:GetObject", \#(object), "Condition": {"StringEquals": {"ec2:Vpc": "a"}}"#,
            "Policy has an invalid condition key"
        ),
        (
            #""Action": "s3:GetObject", \#(object), "Condition": {"StringLike": {"aws:Referer": "${aws:Nothing}"}}"#,
            "Policy has an invalid condition key"
        ),
        (
            #""Action": "s3:GetObject", \#(object), "Condition": {"StringSounds": {"aws:Referer": "a"}}"#,
            "Invalid Condition type : StringSounds"
        ),
        (
            #""Action": "s3:GetObject", \#(object), "Condition": {"NumericEquals": {"aws:EpochTime": "x"}}"#,
            "Invalid Condition value: x"
        ),
        (
            #""Action": "s3:GetObject", \#(object), "Condition": {"NumericEquals": {"aws:EpochTime": "inf"}}"#,
            "Invalid Condition value: inf"
        ),
        (#""Action": "s3:GetObject", "Action": "s3:PutObject", \#(object)"#, "Duplicate field Action"),
        (#""Action": "s3:GetObject", "\u0041ction": "s3:PutObject", \#(object)"#, "Duplicate field Action"),
        (
            #""Action": "s3:GetObject", \#(object), "Condition": {"StringEquals": {"aws:Referer": "a", "aws:Referer": "b"}}"#,
            "Duplicate field aws:Referer"
        ),
        (#""Action": "s3:GetObject", \#(object), "Sid": 1"#, "Invalid Sid"),
        (
            #""Action": "s3:GetObject", \#(object), "Sid": "a"}, {"Sid": "a", "Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", \#(object)"#,
            "Statement IDs (SID) in a single policy must be unique."
        ),
        (
            #""Action": "s3:GetObject", "NotAction": "s3:PutObject", \#(object)"#,
            "A statement has either Action or NotAction"
        ),
        (#""Action": [], \#(object)"#, "Missing required field Action"), (object, "Missing required field Action"),
        (#""Action": "s3:GetObject""#, "Missing required field Resource"),
    ])
    func `A bucket's policy is refused with the reason`(rest: String, reason: String) {
        let error = #expect(throws: S3Error.self) {
            try Fixture.policy(#""Effect": "Allow", "Principal": "*", \#(rest)"#)
        }
        #expect(error?.code == .malformedPolicy)
        #expect(error?.message == reason)
    }

    @Test(arguments: [
        #""Action": "s3:*", \#(both)"#, #""Action": "*", \#(object)"#, #""Action": "s3:Get*", \#(bucket)"#,
        #""NotAction": "s3:ListBucket", \#(object)"#,
        #""Action": "s3:GetObject", "NotResource": "arn:aws:s3:::books/a""#,
        #""Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "arn:aws:s3:::books*""#,
        #""Action": "s3:*", \#(both), "Condition": {"StringEquals": {"s3:prefix": "a"}}"#,
        #""Action": "s3:GetObject", \#(object), "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}"#,
        #""Action": "s3:GetObject", \#(object), "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}"#,
        #""Action": "s3:GetObject", \#(object), "Condition": {"NumericLessThan": {"s3:TlsVersion": 1.2}}"#,
        #""Action": "s3:GetObject", \#(object), "Condition": {}"#,
        #""Action": "s3:GetObject", \#(object), "Sid": "with a space""#,
        #""Action": "s3:GetObject", \#(object), "Sid": ""}, {"Sid": "", "Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", \#(object)"#,
        #""Action": "s3:PutObject", \#(object), "Condition": {"NumericGreaterThan": {"s3:object-lock-remaining-retention-days": "10"}}"#,
        #""Action": "s3:GetObject", \#(object), "Condition": {"StringEquals": {"aws:PrincipalTag/a b": "x"}}"#,
    ])
    func `A bucket's policy is taken`(rest: String) {
        #expect(throws: Never.self) { try Fixture.policy(#""Effect": "Allow", "Principal": "*", \#(rest)"#) }
    }

    @Test func `A refused principal is told`() {
        let error = #expect(throws: S3Error.self) {
            try Fixture.policy(
                #""Effect": "Allow", "Principal": {"AWS": "alice"}, "Action": "s3:GetObject", \#(Self.object)"#)
        }
        #expect(error?.details.first?.value == #""AWS" : "alice""#)
    }

    // MARK: Identity policies

    private static let good = #""Effect": "Allow", "Action": "s3:GetObject", "Resource": "*""#

    @Test(arguments: [
        ("", "Syntax errors in policy."), ("{", "Syntax errors in policy."), ("[]", "Syntax errors in policy."),
        ("{}", "Syntax errors in policy."), (#"{"Statement": []}"#, "Syntax errors in policy."),
        (#"{"Version": "2012-10-18", "Statement": {\#(good)}}"#, "Syntax errors in policy."),
        (#"{"Statement": {\#(good), \#(good)}}"#, "Syntax errors in policy."),
        (#"{"Statement": {\#(good), "Extra": 1}}"#, "Syntax errors in policy."),
        (#"{"Statement": {\#(good), "Principal": "*"}}"#, "Policy document should not specify a principal."),
        (#"{"Statement": {\#(good), "NotPrincipal": "*"}}"#, "Policy document should not specify a principal."),
        (#"{"Statement": {"Action": "s3:*", "Resource": "*"}}"#, "Syntax errors in policy."),
        (#"{"Statement": {"Effect": "allow", "Action": "s3:*", "Resource": "*"}}"#, "Syntax errors in policy."),
        (#"{"Statement": {"Effect": "Allow", "Resource": "*"}}"#, "Policy statement must contain actions."),
        (#"{"Statement": {"Effect": "Allow", "Action": "s3:*"}}"#, "Policy statement must contain resources."),
        (
            #"{"Statement": {"Effect": "Allow", "Action": [], "Resource": "*"}}"#,
            "Policy statement must contain actions."
        ),
        (
            #"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": []}}"#,
            "Policy statement must contain resources."
        ),
        (
            #"{"Statement": {"Effect": "Allow", "Action": "GetObject", "Resource": "*"}}"#,
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
        ),
        (
            #"{"Statement": {"Effect": "Allow", "Action": "s3:a:b", "Resource": "*"}}"#,
            "Actions/Condition can contain only one colon."
        ),
        (#"{"Statement": {"Effect": "Allow", "Action": "s 3:a", "Resource": "*"}}"#, "Vendor s 3 is not valid"),
        (
            #"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "books"}}"#,
            #"Resource books must be in ARN format or "*"."#
        ),
        (
            #"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:books"}}"#,
            #"Resource arn:aws:s3:books must be in ARN format or "*"."#
        ),
        (
            #"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:awz:s3:::books"}}"#,
            #"Partition "awz" is not valid for resource "arn:awz:s3:::books"."#
        ),
        (
            #"{"Statement": [{"Sid": "a", \#(good)}, {"Sid": "a", \#(good)}]}"#,
            "Statement IDs (SID) in a single policy must be unique."
        ),
        (
            #"{"Statement": {"Sid": "a b", \#(good)}}"#,
            "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"
        ),
        (#"{"Statement": {\#(good), "Condition": {"StringSounds": {"a:b": "x"}}}}"#, "Syntax errors in policy."),
        (#"{"Statement": {\#(good), "Condition": {"Bool": {"a:b": "maybe"}}}}"#, "Syntax errors in policy."),
    ])
    func `An identity's policy is refused with the reason`(document: String, reason: String) {
        let error = #expect(throws: S3Error.self) { try Policy(identityDocument: Array(document.utf8)) }
        #expect(error?.code.name == "MalformedPolicyDocument" && error?.code.status == 400)
        #expect(error?.message == reason)
    }

    @Test(arguments: [
        #"{"Statement": {\#(good)}}"#, #"{"Version": "2012-10-17", "Id": "x", "Statement": [{"Sid": "A1", \#(good)}]}"#,
        #"{"Statement": {"Effect": "Deny", "NotAction": ["iam:*", "sts:*"], "NotResource": "arn:aws:s3:::a/*"}}"#,
        #"{"Statement": {"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "arn:aws:ec2:us-east-1:111122223333:instance/*"}}"#,
        #"{"Statement": {\#(good), "Condition": {"StringEquals": {"ec2:Vpc": "x", "iam:PassedToService": "y"}}}}"#,
        #"{"Statement": {"Effect": "Allow", "Action": "s3:Anything", "Resource": "arn:*:s3:::x"}}"#,
        #"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::books/*"}}"#,
    ])
    func `An identity's policy is taken`(document: String) {
        #expect(throws: Never.self) { try Policy(identityDocument: Array(document.utf8)) }
    }

    // MARK: Trust policies

    @Test(arguments: [
        ("x", "This policy contains invalid Json"), (#"{"Statement": []}"#, "Syntax errors in policy."),
        (#"{"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole"}}"#, "Missing required field Principal"),
        (#"{"Statement": {"Effect": "Allow", "Principal": {"AWS": "111122223333"}}}"#, "Missing required field Action"),
        (
            #"{"Statement": {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole", "Resource": "*"}}"#,
            "Has prohibited field Resource"
        ),
        (
            #"{"Statement": {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:GetObject"}}"#,
            "AssumeRole policy may only specify STS AssumeRole actions."
        ),
        (
            #"{"Statement": {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "*"}}"#,
            "AssumeRole policy may only specify STS AssumeRole actions."
        ),
        (
            #"{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}}"#,
            #"AssumeRolepolicy contained an invalid principal: "STAR":"*""#
        ),
        (
            #"{"Statement": {"Effect": "Allow", "Principal": {"AWS": "alice"}, "Action": "sts:AssumeRole"}}"#,
            #"Invalid principal in policy: "AWS":"alice""#
        ),
        (
            #"{"Statement": {"Effect": "Allow", "NotPrincipal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}}"#,
            "Syntax errors in policy."
        ),
    ])
    func `A trust policy is refused with the reason`(document: String, reason: String) {
        let error = #expect(throws: S3Error.self) { try Policy(trustDocument: Array(document.utf8)) }
        #expect(error?.code.name == "MalformedPolicyDocument")
        #expect(error?.message == reason)
    }

    @Test(arguments: [
        #"{"AWS": "111122223333"}"#, #"{"AWS": ["*"]}"#, #"{"Service": ["ec2.amazonaws.com", "s3.amazonaws.com"]}"#,
        #"{"Federated": "arn:aws:iam::111122223333:saml-provider/x"}"#,
        #"{"AWS": "arn:aws:iam::111122223333:role/a/b"}"#,
    ])
    func `A trust policy is taken`(principal: String) {
        let document = """
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": \(principal), \
            "Action": ["sts:AssumeRole", "sts:TagSession"], "Condition": {"StringEquals": {"sts:ExternalId": "x"}}}]}
            """
        #expect(throws: Never.self) { try Policy(trustDocument: Array(document.utf8)) }
    }

    /// Foundation reads it in UTF-16 as well, and then a name may stand twice unseen.
    @Test(arguments: [false, true])
    func `A document that is not UTF-8 is not JSON`(isLittleEndian: Bool) {
        let text = #"{"Statement":[{"Effect":"Allow","Effect":"Deny","Action":"s3:*","Resource":"*"}]}"#
        let document = text.utf16.flatMap { unit in
            let bytes = [UInt8(unit >> 8), UInt8(unit & 0xFF)]
            return isLittleEndian ? bytes.reversed() : bytes
        }
        let error = #expect(throws: S3Error.self) { try Policy(identityDocument: document) }
        #expect(error?.message == "Syntax errors in policy.")
    }
}
