import CofferAccess
import Testing

struct ARNTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let parts: [String]

        init(_ text: String, _ parts: String...) {
            testDescription = text
            self.parts = parts
        }
    }

    @Test(arguments: [
        Row("arn:aws:iam::111122223333:user/alice", "aws", "iam", "", "111122223333", "user/alice"),
        Row("arn:aws:iam::aws:policy/ReadOnly", "aws", "iam", "", "aws", "policy/ReadOnly"),
        Row("arn:aws:s3:::books", "aws", "s3", "", "", "books"),
        Row("arn:aws:s3:::books/a:b/c:", "aws", "s3", "", "", "books/a:b/c:"),
        Row("arn:aws:iam::111122223333:user/a:b/alice", "aws", "iam", "", "111122223333", "user/a:b/alice"),
        Row("arn:aws:logs:eu-west-1:111122223333:group:g:*", "aws", "logs", "eu-west-1", "111122223333", "group:g:*"),
        Row("arn:aws-cn:s3:::books", "aws-cn", "s3", "", "", "books"),
        Row("arn:::::", "", "", "", "", ""),
        Row("arn::::::", "", "", "", "", ":"),
        Row("arn:aws:s3:::e\u{301}:\u{301}", "aws", "s3", "", "", "e\u{301}:\u{301}"),
        Row("arn:\u{301}:s3:::books", "\u{301}", "s3", "", "", "books"),
    ])
    func `An ARN has five parts, the last of which keeps its colons`(row: Row) throws {
        let arn = try #require(ARN(row.testDescription))
        #expect([arn.partition, arn.service, arn.region, arn.account, arn.resource] == row.parts)
        #expect(ARN(Substring(row.testDescription)) == arn)
    }

    @Test(arguments: [
        "", "*", "arn", ":::::", "arn:aws:s3::books", "arn:aws:iam::111122223333", "ARN:aws:s3:::books",
        " arn:aws:s3:::books", "xarn:aws:s3:::books", "*:aws:s3:::books", "arn/aws/s3///books",
    ])
    func `What has fewer parts or another beginning is no ARN`(text: String) {
        #expect(ARN(text) == nil)
    }

    @Test(arguments: [
        ("arn:aws:iam::111122223333:root", true, true),
        ("arn:aws:iam::111122223333:user/root", true, false),
        ("arn:aws:iam::111122223333:root:", true, false),
        ("arn:aws:sts::111122223333:root", true, false),
        ("arn:aws:iam:eu-west-1:111122223333:root", false, false),
        ("arn:aws-cn:iam::111122223333:root", false, false),
        ("arn:*:iam::111122223333:root", false, false),
    ])
    func `The root of an account is of IAM and of no region`(text: String, isGlobal: Bool, isRoot: Bool) throws {
        let arn = try #require(ARN(text))
        #expect(arn.isGlobal == isGlobal)
        #expect(arn.isRoot == isRoot)
    }

    @Test(arguments: [
        ("111122223333", true), ("000000000000", true), ("999999999999", true),
        ("", false), ("11112222333", false), ("1111222233334", false), ("11112222333x", false),
        ("-11122223333", false), ("1111 2222333", false), ("111122223333\n", false), ("aws", false),
        ("1111-2222-33", false), ("11112222333\u{0661}", false), ("1111222233\u{0661}", false),
        ("11112222333\u{301}", false), ("/11122223333", false), (":11122223333", false),
    ])
    func `An account's id is twelve digits of ASCII`(text: String, isID: Bool) {
        #expect(Account.isID(text) == isID)
        #expect(Account.isID(Substring(text)) == isID)
    }
}
