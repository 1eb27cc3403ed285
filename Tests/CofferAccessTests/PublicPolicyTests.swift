import CofferAccess
import CofferModel
import Testing

/// S3 User Guide, "Blocking public access", "The meaning of 'public'".
struct PublicPolicyTests {
    private static let allow = #""Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::books/*""#
    private static let everyone = allow + #", "Principal": "*""#

    private static func condition(_ name: String, _ key: String, _ values: String) -> String {
        everyone + #", "Condition": {"\#(name)": {"\#(key)": \#(values)}}"#
    }

    private static func isPublic(_ document: String) throws -> Bool {
        try Policy(document: Array(document.utf8), bucket: BucketName("books")).isPublic
    }

    @Test(arguments: [
        (everyone, true), (allow + #", "Principal": {"AWS": "*"}"#, true),
        (allow + #", "Principal": {"AWS": ["111122223333", "*"]}"#, true),
        (allow + #", "Principal": {"AWS": "111122223333"}"#, false),
        (allow + #", "Principal": {"AWS": "arn:aws:iam::111122223333:user/alice"}"#, false),
        (everyone.replacing("Allow", with: "Deny"), false),
        (condition("IpAddress", "aws:SourceIp", #""192.0.2.0/24""#), false),
        (condition("IpAddress", "AWS:sourceip", #"["192.0.2.7", "2001:db8::/32"]"#), false),
        (condition("IpAddress", "aws:SourceIp", #""10.0.0.0/8""#), false),
        (condition("IpAddress", "aws:SourceIp", #""10.0.0.0/7""#), true),
        (condition("IpAddress", "aws:SourceIp", #"["192.0.2.7", "0.0.0.0/0"]"#), true),
        (condition("IpAddress", "aws:SourceIp", #""2001::/16""#), true),
        (condition("NotIpAddress", "aws:SourceIp", #""192.0.2.0/24""#), true),
        (condition("IpAddressIfExists", "aws:SourceIp", #""192.0.2.0/24""#), true),
        (condition("StringEquals", "aws:PrincipalAccount", #""111122223333""#), false),
        (condition("StringLike", "aws:PrincipalArn", #""arn:aws:iam::111122223333:user/*""#), true),
        (condition("StringEquals", "aws:userid", #""${aws:userid}""#), true),
        (condition("StringNotEquals", "aws:PrincipalAccount", #""111122223333""#), true),
        (condition("StringEquals", "aws:Referer", #""https://example.org/""#), true),
        (condition("StringEquals", "aws:PrincipalAccount", "[]"), true),
    ])
    func `a statement is public if it lets in people without a name`(statement: String, isPublic: Bool) throws {
        #expect(try Self.isPublic("{\"Statement\": {\(statement)}}") == isPublic)
        let others = "{\"Statement\": [{\(Self.allow), \"Principal\": {\"AWS\": \"111122223333\"}}, {\(statement)}]}"
        #expect(try Self.isPublic(others) == isPublic)
    }

    @Test func `conditions that must all hold narrow together`() throws {
        let statement =
            Self.everyone
            + #", "Condition": {"Bool": {"aws:SecureTransport": "true"}, "IpAddress": {"aws:SourceIp": "192.0.2.7"}}"#
        #expect(try !Self.isPublic("{\"Statement\": [{\(statement)}]}"))
    }
}
