import CofferAccess
import CofferModel
import Testing

struct PolicyParsingTests {
    private static let good =
        "\"Effect\": \"Allow\", \"Principal\": \"*\", \"Action\": \"s3:GetObject\", \"Resource\": \"arn:aws:s3:::books/*\""

    @Test(arguments: [
        "{\"Statement\": [{\(good)}]}", "{\"Statement\": {\(good)}}",
        "{\"Version\": \"2008-10-17\", \"Statement\": [{\(good)}]}",
        "{\"Version\": \"2012-10-17\", \"Id\": \"x\", \"Statement\": [{\"Sid\": \"1\", \(good)}]}",
        "{\"Statement\": [{\(good)}, {\(good)}]}\n", "{ \"Statement\" : [ { \(good) } ] }",
    ])
    func `A policy is read in its forms`(document: String) throws {
        #expect(Fixture.decide(under: try Fixture.parse(document)).isAllowed)
    }

    @Test func `The Datastore's policy opens its objects to everyone, and nothing else`() throws {
        let policy = try Fixture.parse(
            """
            {
              "Version": "2012-10-17",
              "Statement": [
                {
                  "Sid": "AddPerm",
                  "Effect": "Allow",
                  "Principal": "*",
                  "Action": "s3:GetObject",
                  "Resource": "arn:aws:s3:::books/*"
                }
              ]
            }
            """)
        #expect(Fixture.decide(under: policy).description == "allowed by statement \"AddPerm\" of the resource policy")
        for action in ["s3:PutObject", "s3:DeleteObject", "s3:ListBucket", "s3:GetObjectAcl", "s3:GetBucketPolicy"] {
            #expect(!Fixture.decide(action: action, under: policy).isAllowed)
        }
        #expect(!Fixture.decide(action: "s3:ListBucket", resource: "arn:aws:s3:::books", under: policy).isAllowed)
    }

    @Test(arguments: [
        "", " ", "x", "[]", "null", "\"x\"", " {\"Statement\": [{\(good)}]}", "\u{feff}{\"Statement\": [{\(good)}]}",
        "{\"Statement\": [{\(good)}]", "{\"Statement\": [{\(good)}]}}", "{}", "{\"Statement\": []}",
        "{\"Statement\": null}",
        "{\"Statement\": \"x\"}", "{\"Statement\": [1]}", "{\"Statement\": [null]}", "{\"Statement\": [[]]}",
        "{\"statement\": [{\(good)}]}", "{\"Version\": \"2026-01-01\", \"Statement\": [{\(good)}]}",
        "{\"Version\": 1, \"Statement\": [{\(good)}]}", "{\"Extra\": 1, \"Statement\": [{\(good)}]}",
    ])
    func `A document that is no policy is refused`(document: String) {
        Self.expectMalformed(document)
    }

    /// The parts of a good statement, of which a test replaces one, or leaves it out.
    private static let parts = [
        "Effect": "\"Effect\": \"Allow\"", "Principal": "\"Principal\": \"*\"",
        "Action": "\"Action\": \"s3:GetObject\"",
        "Resource": "\"Resource\": \"arn:aws:s3:::books/*\"",
    ]

    @Test(
        arguments: [
            ("Effect", nil), ("Effect", "allow"), ("Effect", "Permit"), ("Effect", ["Allow", "Deny"]),
            ("Effect", .null),
            ("Principal", nil), ("Principal", "111122223333"), ("Principal", .json("{}")),
            ("Principal", .json("[\"*\"]")),
            ("Principal", .json("{\"AWS\": []}")), ("Principal", .json("{\"AWS\": \"x\"}")), ("Principal", .null),
            ("Principal", .json("{\"AWS\": \"12345\"}")), ("Principal", .json("{\"Service\": \"example.com\"}")),
            ("Principal", .json("{\"AWS\": \"arn:aws:iam::111122223333:user/*\"}")),
            ("Principal", .json("{\"AWS\": \"arn:aws:iam::111122223333:group/x\"}")),
            ("Principal", .json("{\"AWS\": \"AGPACKCEVSQ6C2EXAMPLE\"}")),
            ("Principal", .json("{\"AWS\": 111122223333}")),
            ("Principal", .json("{\"AWS\": \"arn:aws:iam::111122223333:user/\"}")),
            ("Principal", .json("{\"AWS\": \"arn:aws:iam::111122223333:role/*\"}")),
            ("Principal", .json("{\"AWS\": \"arn:aws:sts::111122223333:assumed-role/x/*\"}")),
            ("Principal", .json("{\"AWS\": \"arn:aws:sts::111122223333:assumed-role/x\"}")),
            ("Principal", .json("{\"AWS\": [\"*\", \"x\"]}")), ("Principal", .json("{\"Google\": \"x\"}")),
            ("Principal", .json("{\"CanonicalUser\": \"abc\"}")), ("Principal", .json("{\"Federated\": \"x\"}")),
            ("Principal", .json("{\"AWS\": \"arn:aws:s3::111122223333:root\"}")),
            ("Principal", .json("\"*\", \"NotPrincipal\": \"*\"")),
            ("Action", nil), ("Action", []), ("Action", .null), ("Action", "ec2:RunInstances"), ("Action", "GetObject"),
            ("Action", ["s3:GetObject", "ec2:*"]),
            ("Action", .json("\"s3:GetObject\", \"NotAction\": \"s3:PutObject\"")),
            ("Resource", nil), ("Resource", []), ("Resource", "*"), ("Resource", "arn:aws:s3:::other/*"),
            ("Resource", "arn:aws:s3:::bookshop/*"), ("Resource", "arn:aws:s3:::*"), ("Resource", "books/*"),
            ("Resource", ["arn:aws:s3:::books/*", "arn:aws:s3:::other/*"]),
            ("Resource", .json("\"arn:aws:s3:::books/*\", \"NotResource\": \"arn:aws:s3:::books/a\"")),
            ("Effect", .json("\"Allow\", \"Effekt\": 1")),
        ] as [(String, Replacement?)])
    func `A statement with a part that is missing or wrong is refused, with the reason`(
        part: String, replacement: Replacement?
    ) throws {
        var parts = Self.parts
        parts[part] = replacement.map { "\"\(part)\": \($0.json)" }
        let document = "{\"Statement\": [{\(parts.values.sorted().joined(separator: ", "))}]}"
        let error = try #require(throws: S3Error.self, performing: { try Fixture.parse(document) })
        #expect(error.code == .malformedPolicy)
        #expect(!error.message.contains("valid JSON"), "\(document)")
    }

    struct Replacement: Sendable, ExpressibleByStringLiteral, ExpressibleByArrayLiteral {
        let json: String

        init(stringLiteral text: String) { json = "\"\(text)\"" }
        init(arrayLiteral texts: String...) { json = "[\(texts.map { "\"\($0)\"" }.joined(separator: ", "))]" }
        private init(json: String) { self.json = json }

        static func json(_ text: String) -> Self { Self(json: text) }
        static let null = Self(json: "null")
    }

    /// IAM User Guide, "NotPrincipal": it must be used with `Deny`, as it would allow everyone there is, but for some.
    @Test func `NotPrincipal does not go with Allow`() {
        Self.expectMalformed(
            "{\"Statement\": [{\(Self.good.replacing("\"Principal\": \"*\"", with: "\"NotPrincipal\": {\"AWS\": \"111122223333\"}"))}]}"
        )
    }

    @Test func `A policy of 20 KiB is read, and a longer one refused`() throws {
        let document = "{\"Id\": \"\", \"Statement\": [{\(Self.good)}]}"
        func padded(_ count: Int) -> String {
            document.replacing("\"\"", with: "\"\(String(repeating: "x", count: count - document.utf8.count))\"")
        }
        #expect(throws: Never.self) { try Fixture.parse(padded(20 * 1024)) }
        Self.expectMalformed(padded(20 * 1024 + 1))
    }

    @Test(arguments: ["[", "{\"a\":"])
    func `Arrays and objects ten thousand deep are refused`(opening: String) {
        Self.expectMalformed("{\"Statement\": " + String(repeating: opening, count: 20_000 / opening.utf8.count))
        let nested = String(repeating: "[", count: 9000) + String(repeating: "]", count: 9000)
        Self.expectMalformed("{\"Statement\": \(nested)}")
    }

    @Test(arguments: [
        "{\"NumericEquals\": {\"s3:max-keys\": 1e300}}", "{\"NumericEquals\": {\"s3:max-keys\": -1e19}}",
        "{\"NumericEquals\": {\"s3:max-keys\": 9223372036854775808}}", "{\"StringEquals\": {\"s3:prefix\": 1e308}}",
        "{\"DateLessThan\": {\"aws:CurrentTime\": 9223372036854775807}}",
        "{\"DateLessThan\": {\"aws:CurrentTime\": \"9223372036854775807\"}}",
        "{\"DateLessThan\": {\"aws:CurrentTime\": \"-9223372036854775808\"}}",
    ])
    func `Numbers beyond all bounds are read or refused`(condition: String) {
        do throws(S3Error) {
            let policy = try Fixture.parse("{\"Statement\": [{\(Self.good), \"Condition\": \(condition)}]}")
            #expect(!Fixture.decide(values: ["s3:max-keys": "5"], under: policy).isAllowed)
        } catch {
            #expect(error.code == .malformedPolicy)
        }
    }

    private static func expectMalformed(_ document: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let error = #expect(throws: S3Error.self, "\(document.prefix(200))", sourceLocation: sourceLocation) {
            try Fixture.parse(document)
        }
        #expect(error?.code == .malformedPolicy, sourceLocation: sourceLocation)
    }
}
