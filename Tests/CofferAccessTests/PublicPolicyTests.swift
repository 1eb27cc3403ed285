import CofferAccess
import CofferModel
import Testing

/// Source: S3 User Guide, "The meaning of 'public'".
struct PublicPolicyTests {
    @Test(arguments: [
        (#""Principal": "*""#, true), (#""Principal": {"AWS": "*"}"#, true),
        (#""Principal": {"AWS": ["111122223333", "*"]}"#, true), (#""Principal": {"AWS": "111122223333"}"#, false),
        (#""Principal": {"AWS": "arn:aws:iam::444455556666:user/mallory"}"#, false),
        (#""Principal": {"Service": "logging.s3.amazonaws.com"}"#, false),
        (#""Principal": {"CanonicalUser": "\#(Fixture.account.canonicalID)"}"#, false),
    ])
    func `A policy is public if it allows everyone something`(principal: String, isPublic: Bool) throws {
        let rest = #""Action": "s3:GetObject", "Resource": "arn:aws:s3:::books/*""#
        #expect(try Fixture.policy(#""Effect": "Allow", \#(principal), \#(rest)"#).isPublic == isPublic)
        #expect(try !Fixture.policy(#""Effect": "Deny", \#(principal), \#(rest)"#).isPublic)
    }

    @Test(arguments: [
        ("{}", true), (#"{"StringEquals": {"aws:SourceVpc": "vpc-91237329"}}"#, false),
        (#"{"StringLike": {"aws:SourceVpc": "vpc-91237329"}}"#, false),
        (#"{"StringLike": {"aws:SourceVpc": "vpc-*"}}"#, true),
        (#"{"StringEquals": {"aws:SourceVpc": "vpc-*"}}"#, false),
        (#"{"StringEquals": {"aws:SourceVpc": ["vpc-1", "vpc-2"]}}"#, false),
        (#"{"StringLike": {"aws:SourceVpc": ["vpc-1", "vpc-*"]}}"#, true),
        (#"{"StringNotEquals": {"aws:SourceVpc": "vpc-1"}}"#, true),
        (#"{"StringEqualsIfExists": {"aws:SourceVpc": "vpc-1"}}"#, true),
        (#"{"ForAllValues:StringEquals": {"aws:SourceVpc": "vpc-1"}}"#, true),
        (#"{"ForAnyValue:StringEquals": {"aws:SourceVpc": "vpc-1"}}"#, false),
        (#"{"StringEquals": {"aws:SourceVpce": "vpce-1"}}"#, false),
        (#"{"StringEquals": {"aws:SourceAccount": "1"}}"#, false),
        (#"{"StringEquals": {"aws:SourceOwner": "1"}}"#, false),
        (#"{"StringEquals": {"aws:PrincipalOrgID": "o-1"}}"#, false),
        (#"{"StringEquals": {"aws:PrincipalAccount": "111122223333"}}"#, false),
        (#"{"StringEquals": {"aws:userid": "AIDAALICE"}}"#, false),
        (#"{"StringLike": {"aws:userid": "AROA1:*"}}"#, true),
        (#"{"StringEquals": {"aws:userid": "${aws:userid}"}}"#, true),
        (#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:user/alice"}}"#, false),
        (#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:user/*"}}"#, true),
        (#"{"ArnEquals": {"aws:SourceArn": "arn:aws:sns:us-east-1:111122223333:topic"}}"#, false),
        (#"{"ArnLike": {"s3:DataAccessPointArn": "arn:aws:s3:us-east-1:111122223333:accesspoint/*"}}"#, false),
        (#"{"ArnLike": {"s3:DataAccessPointArn": "arn:aws:s3:us-east-1:*:accesspoint/a"}}"#, true),
        (#"{"StringEquals": {"s3:DataAccessPointAccount": "111122223333"}}"#, false),
        (#"{"IpAddress": {"aws:SourceIp": "192.0.2.1"}}"#, false),
        (#"{"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}"#, false),
        (#"{"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}"#, true),
        (#"{"IpAddress": {"aws:SourceIp": "0.0.0.0/1"}}"#, true),
        (#"{"IpAddress": {"aws:SourceIp": ["192.0.2.1", "0.0.0.0/7"]}}"#, true),
        (#"{"IpAddress": {"aws:SourceIp": "2001:db8::/32"}}"#, false),
        (#"{"IpAddress": {"aws:SourceIp": "2000::/31"}}"#, true),
        (#"{"NotIpAddress": {"aws:SourceIp": "192.0.2.1"}}"#, true), (#"{"StringEquals": {"aws:Referer": "x"}}"#, true),
        (#"{"StringEquals": {"aws:UserAgent": "x"}}"#, true), (#"{"Bool": {"aws:SecureTransport": "true"}}"#, true),
        (#"{"DateLessThan": {"aws:CurrentTime": "2020-01-01"}}"#, true),
        (#"{"Null": {"aws:SourceVpc": "false"}}"#, true),
        (#"{"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"aws:SourceVpc": "vpc-1"}}"#, false),
    ])
    func `A condition that holds for fixed callers alone keeps it from being public`(condition: String, isPublic: Bool)
        throws
    {
        let policy = try Fixture.policy(
            #""Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::books/*", "Condition": \#(condition)"#
        )
        #expect(policy.isPublic == isPublic)
    }

    @Test func `One public statement is enough`() throws {
        let rest = #""Action": "s3:GetObject", "Resource": "arn:aws:s3:::books/*""#
        let shut = #""Effect": "Allow", "Principal": {"AWS": "111122223333"}, \#(rest)"#
        #expect(try Fixture.policy(shut, #""Effect": "Allow", "Principal": "*", \#(rest)"#).isPublic)
        #expect(try !Fixture.policy(shut, #""Effect": "Deny", "Principal": "*", \#(rest)"#).isPublic)
    }

    @Test func `What anyone may perhaps do is told`() throws {
        let open =
            #""Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::books/open/*""#
        let conditional = try Fixture.policy(open + #", "Condition": {"StringEquals": {"aws:Referer": "x"}}"#)
        for policy in [try Fixture.policy(open), conditional] {
            #expect(policy.mayEverAllowAnonymous("s3:GetObject") && !policy.mayEverAllowAnonymous("s3:PutObject"))
        }
    }
}
