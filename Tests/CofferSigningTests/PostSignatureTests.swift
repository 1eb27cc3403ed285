import CofferCrypto
import CofferModel
import CofferSigning
import Testing

/// Forms whose signature is missing, spoilt or of another kind.
struct PostSignatureTests {
    private static let policy = PostPolicy(
        expiration: Timestamp(seconds: Example.time.seconds + 3600),
        conditions: [.equal(field: "bucket", value: "examplebucket"), .prefix(field: "key", prefix: "")])
    private static let v4 = [(name: "key", value: "k")] + Example.signer.postFields(policy, at: Example.time)
    private static let v2 =
        [(name: "key", value: "k")] + V2Signer(credentials: Example.credentials).postFields(policy)

    private func verify(
        _ fields: [(name: String, value: String)], verifier: SignatureVerifier = Example.verifier()
    ) throws -> Authentication {
        try verifier.verify(PostForm(fields, filename: nil), bucket: BucketName("examplebucket")).authentication
    }

    @Test func `Forms of both versions are authenticated`() throws {
        #expect(try verify(Self.v4).method == .v4Post)
        #expect(try verify(Self.v4, verifier: Example.verifier(requiredRegion: "us-east-1")).method == .v4Post)
        #expect(try verify(Self.v2).method == .v2Post)
    }

    @Test func `A form without policy and signature is anonymous`() throws {
        let authentication = try verify([("key", "k"), ("acl", "private")])
        #expect(authentication.accessKeyID == nil)
        #expect(authentication.method == .anonymous)
    }

    @Test(arguments: ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "policy"])
    func `A field of Version 4 that is missing is asked for`(name: String) {
        expectMissing(name, Self.v4.filter { $0.name != name.lowercased() })
    }

    @Test(arguments: ["AWSAccessKeyId", "policy"])
    func `A field of Version 2 that is missing is asked for`(name: String) {
        expectMissing(name, Self.v2.filter { $0.name != name })
    }

    @Test func `A policy that nobody signed is refused`() {
        for fields in [
            Self.v2.filter { $0.name == "policy" }, Self.v2.filter { $0.name != "signature" },
            Self.v4.filter { $0.name != "x-amz-signature" },
        ] {
            let error = #expect(throws: S3Error.self) { try verify(fields) }
            #expect(error?.code == .accessDenied)
        }
    }

    struct Spoilt: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let code: S3Error.Code
        let fields: [(name: String, value: String)]

        init(_ version: [(name: String, value: String)], _ name: String, _ code: S3Error.Code, _ value: String) {
            testDescription = "\(name)=\(value)"
            self.code = code
            fields = version.filter { $0.name != name } + [(name, value)]
        }
    }

    private static let otherPolicy = base64(Array(#"{"expiration": "2099-01-01T00:00:00Z", "conditions": []}"#.utf8))

    @Test(arguments: [
        Spoilt(v4, "x-amz-signature", .signatureDoesNotMatch, String(repeating: "0", count: 64)),
        Spoilt(v4, "x-amz-signature", .signatureDoesNotMatch, ""),
        Spoilt(v4, "policy", .signatureDoesNotMatch, otherPolicy), Spoilt(v4, "policy", .signatureDoesNotMatch, ""),
        Spoilt(v4, "x-amz-algorithm", .invalidArgument, "AWS4-HMAC-SHA1"),
        Spoilt(v4, "x-amz-credential", .invalidArgument, "AKIAIOSFODNN7EXAMPLE"),
        Spoilt(v4, "x-amz-credential", .invalidArgument, "AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/ec2/aws4_request"),
        Spoilt(v4, "x-amz-credential", .invalidAccessKeyId, "AKIAOTHER/20130524/us-east-1/s3/aws4_request"),
        Spoilt(
            v4, "x-amz-credential", .signatureDoesNotMatch, "AKIAIOSFODNN7EXAMPLE/20130524/eu-west-1/s3/aws4_request"),
        Spoilt(v4, "x-amz-date", .invalidArgument, "20130525T000000Z"),
        Spoilt(v4, "x-amz-date", .invalidArgument, "2013-05-24"),
        // The policy names the date, so that another one of the same day fails there.
        Spoilt(v4, "x-amz-date", .accessDenied, "20130524T000001Z"),
        Spoilt(v4, "x-amz-security-token", .invalidToken, "token"),
        Spoilt(v2, "signature", .signatureDoesNotMatch, "gp42sMsv4L5xLO0OjT+56V64o+A="),
        Spoilt(v2, "signature", .signatureDoesNotMatch, ""),
        Spoilt(v2, "policy", .signatureDoesNotMatch, otherPolicy),
        Spoilt(v2, "AWSAccessKeyId", .invalidAccessKeyId, "AKIAOTHER"),
        Spoilt(v2, "x-amz-security-token", .invalidToken, "token"),
    ])
    func `A spoilt form is refused`(spoilt: Spoilt) {
        let error = #expect(throws: S3Error.self) { try verify(spoilt.fields) }
        #expect(error?.code == spoilt.code)
    }

    @Test func `What was signed is told`() {
        let spoilt = Spoilt(Self.v4, "x-amz-signature", .signatureDoesNotMatch, "00").fields
        let error = #expect(throws: S3Error.self) { try verify(spoilt) }
        let policy = spoilt.first { $0.name == "policy" }?.value
        #expect(error?.details.first { $0.name == "StringToSign" }?.value == policy)
    }

    @Test func `Another region than the required one is refused with its name`() {
        let error = #expect(throws: S3Error.self) {
            try verify(Self.v4, verifier: Example.verifier(requiredRegion: "eu-west-1"))
        }
        #expect(error?.code == .invalidArgument)
        #expect(error?.details.last?.name == "Region" && error?.details.last?.value == "eu-west-1")
    }

    @Test func `Version 2 is refused where it is not accepted`() {
        let error = #expect(throws: S3Error.self) { try verify(Self.v2, verifier: Example.verifier(acceptsV2: false)) }
        #expect(error?.code == .invalidRequest)
        #expect(throws: Never.self) { try verify(Self.v4, verifier: Example.verifier(acceptsV2: false)) }
    }

    @Test(
        arguments: [
            (-901, "Request is not yet valid"), (-900, nil), (0, nil), (604_800, nil), (604_801, "Request has expired"),
        ] as [(Int64, String?)])
    func `A signing key is good for seven days`(age: Int64, message: String?) {
        let policy = PostPolicy(
            expiration: Timestamp(seconds: Example.time.seconds + 1_000_000), conditions: Self.policy.conditions)
        let fields = [(name: "key", value: "k")] + Example.signer.postFields(policy, at: Example.time)
        let verifier = Example.verifier(at: Timestamp(seconds: Example.time.seconds + age))
        if let message {
            let error = #expect(throws: S3Error.self) { try verify(fields, verifier: verifier) }
            #expect(error?.code == .accessDenied && error?.message == message)
        } else {
            #expect(throws: Never.self) { try verify(fields, verifier: verifier) }
        }
    }

    private func expectMissing(
        _ name: String, _ fields: [(name: String, value: String)], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let error = #expect(throws: S3Error.self, sourceLocation: sourceLocation) { try verify(fields) }
        #expect(error?.code == .invalidArgument, sourceLocation: sourceLocation)
        #expect(error?.details.first?.value == name, sourceLocation: sourceLocation)
    }
}
