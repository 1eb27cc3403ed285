import CofferCrypto
import CofferModel
import CofferSigning
import Testing

/// The worked examples of POST uploads.
struct PostPolicyExampleTests {
    // MARK: Version 4: S3 API Reference, "Example: Browser-Based Upload using HTTP POST"

    private static let time = Timestamp(seconds: 1_451_347_200)  // 20151229T000000Z
    private static let signature = "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e"
    /// With the line ends that the page asks for.
    private static let document = [
        #"{ "expiration": "2015-12-30T12:00:00.000Z","#,
        #"  "conditions": ["#,
        #"    {"bucket": "sigv4examplebucket"},"#,
        #"    ["starts-with", "$key", "user/user1/"],"#,
        #"    {"acl": "public-read"},"#,
        #"    {"success_action_redirect": "http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html"},"#,
        #"    ["starts-with", "$Content-Type", "image/"],"#,
        #"    {"x-amz-meta-uuid": "14365123651274"},"#,
        #"    {"x-amz-server-side-encryption": "AES256"},"#,
        #"    ["starts-with", "$x-amz-meta-tag", ""],"#,
        #""#,
        #"    {"x-amz-credential": "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request"},"#,
        #"    {"x-amz-algorithm": "AWS4-HMAC-SHA256"},"#,
        #"    {"x-amz-date": "20151229T000000Z" }"#,
        #"  ]"#,
        #"}"#,
    ].joined(separator: "\r\n")

    @Test func `Signing the example's policy gives the published fields`() {
        let fields = Example.signer.postFields(document: Array(Self.document.utf8), at: Self.time)
        #expect(
            fields.map { "\($0.name)=\($0.value)" } == [
                "x-amz-algorithm=AWS4-HMAC-SHA256",
                "x-amz-credential=AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request",
                "x-amz-date=20151229T000000Z", "policy=\(base64(Array(Self.document.utf8)))",
                "x-amz-signature=\(Self.signature)",
            ])
    }

    @Test func `The example's form is authenticated`() throws {
        let form = PostForm(
            [
                ("key", "user/user1/${filename}"), ("acl", "public-read"),
                ("success_action_redirect", "http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html"),
                ("Content-Type", "image/jpeg"), ("x-amz-meta-uuid", "14365123651274"),
                ("x-amz-server-side-encryption", "AES256"),
                ("X-Amz-Credential", "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request"),
                ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"), ("X-Amz-Date", "20151229T000000Z"), ("x-amz-meta-tag", ""),
                ("Policy", base64(Array(Self.document.utf8))), ("X-Amz-Signature", Self.signature),
            ], filename: "MyFile.jpg")
        let verified = try Example.verifier(at: Self.time, requiredRegion: "us-east-1")
            .verify(form, bucket: BucketName("sigv4examplebucket"))
        #expect(verified.authentication.accessKeyID == "AKIAIOSFODNN7EXAMPLE")
        #expect(verified.authentication.method == .v4Post)
        #expect(verified.authentication.method.authType == "POST")
        #expect(verified.authentication.method.signatureVersion == "AWS4-HMAC-SHA256")
        #expect(verified.lengthRange == nil)
        #expect(form["key"] == "user/user1/MyFile.jpg")
    }

    // MARK: Version 2: S3 User Guide, "Upload examples (AWS signature version 2)"

    /// The page's policy. Its signature is by credentials that the page does not tell; this one was computed from the
    /// page's Base64 text and the secret of all the other examples by other software.
    private static let documentV2 = """
        { "expiration": "2007-12-01T12:00:00.000Z",
          "conditions": [
            {"bucket": "johnsmith"},
            ["starts-with", "$key", "user/eric/"],
            {"acl": "public-read"},
            {"success_action_redirect": "http://johnsmith.s3.amazonaws.com/successful_upload.html"},
            ["starts-with", "$Content-Type", "image/"],
            {"x-amz-meta-uuid": "14365123651274"},
            ["starts-with", "$x-amz-meta-tag", ""]
          ]
        }

        """
    private static let signatureV2 = "gp42sMsv4L5xLO0OjT+56V64o+A="

    @Test func `Signing the policy by Version 2 gives its fields`() {
        let fields = V2Signer(credentials: Example.credentials).postFields(document: Array(Self.documentV2.utf8))
        #expect(
            fields.map { "\($0.name)=\($0.value)" } == [
                "AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE", "policy=\(base64(Array(Self.documentV2.utf8)))",
                "signature=\(Self.signatureV2)",
            ])
    }

    @Test func `The example's request of Version 2 is authenticated`() throws {
        let form = PostForm(
            [
                ("key", "user/eric/MyPicture.jpg"), ("acl", "public-read"),
                ("success_action_redirect", "http://johnsmith.s3.amazonaws.com/successful_upload.html"),
                ("Content-Type", "image/jpeg"), ("x-amz-meta-uuid", "14365123651274"),
                ("x-amz-meta-tag", "Some,Tag,For,Picture"), ("AWSAccessKeyId", "AKIAIOSFODNN7EXAMPLE"),
                ("Policy", base64(Array(Self.documentV2.utf8))), ("Signature", Self.signatureV2),
            ], filename: "MyFilename.jpg")
        let time = try #require(Timestamp(parsing: "2007-12-01T12:00:00Z"))
        let verified = try Example.verifier(at: time).verify(form, bucket: BucketName("johnsmith"))
        #expect(verified.authentication.accessKeyID == "AKIAIOSFODNN7EXAMPLE")
        #expect(verified.authentication.method == .v2Post)
        #expect(verified.authentication.method.authType == "POST")
        #expect(verified.authentication.method.signatureVersion == "AWS")
    }
}
