import CofferModel
import CofferSigning
import Testing

/// The worked examples of the S3 User Guide, "Signing and authenticating REST requests (AWS signature version 2)".
struct SignatureV2ExampleTests {
    struct HeaderExample: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let request: SignableRequest
        let signature: String
    }

    private static let examples = [
        example(
            "Object GET", "GET", "/photos/puppy.jpg", "Tue, 27 Mar 2007 19:36:42 +0000", "qgk2+6Sv9/oM7G3qLEjTH1a1l1g="),
        example(
            "Object PUT", "PUT", "/photos/puppy.jpg", "Tue, 27 Mar 2007 21:15:45 +0000", "iqRzw+ileNPu1fhspnRs8nOjjIA=",
            headers: [("content-type", "image/jpeg"), ("content-length", "94328")]),
        example(
            "List", "GET", "/", query: "prefix=photos&max-keys=50&marker=puppy", "Tue, 27 Mar 2007 19:42:41 +0000",
            "m0WP8eCtspQl5Ahe6L1SozdX9YA="),
        example("Fetch", "GET", "/", query: "acl", "Tue, 27 Mar 2007 19:44:46 +0000", "82ZHiFIjc+WbcwFKGUVEQspPn+0="),
        example(
            "Delete", "DELETE", "/awsexamplebucket1/photos/puppy.jpg", "Tue, 27 Mar 2007 21:20:26 +0000",
            "XbyTlbQdu9Xw5o8P4iMwPktxQd8=", bucket: nil),
        example(
            "Upload", "PUT", "/db-backup.dat.gz", "Tue, 27 Mar 2007 21:06:08 +0000", "jtBQa0Aq+DkULFI8qrpwIjGEx0E=",
            headers: [
                ("x-amz-acl", "public-read"), ("content-type", "application/x-download"),
                ("content-md5", "4gJE4saaMU4BqNR0kLY+lw=="), ("x-amz-meta-reviewedby", "joe@example.com"),
                ("x-amz-meta-reviewedby", "jane@example.com"), ("x-amz-meta-filechecksum", "0x02661779"),
                ("x-amz-meta-checksumalgorithm", "crc32"), ("content-encoding", "gzip"),
            ], bucket: "static.example.com"),
        example(
            "List all my buckets", "GET", "/", "Wed, 28 Mar 2007 01:29:59 +0000", "qGdzdERIC03wnaRNKh6OqZehG9s=",
            bucket: nil),
        example(
            "Unicode keys", "GET", "/dictionary/fran%C3%A7ais/pr%c3%a9f%c3%a8re", "Wed, 28 Mar 2007 01:49:49 +0000",
            "DNEZGsoieTZ92F3bUfSPQcbGmlM=", bucket: nil),
    ]

    @Test(arguments: examples)
    func `Signing an example gives the published signature`(example: HeaderExample) {
        let signed = V2Signer(credentials: Example.credentials).sign(example.request)
        #expect(signed.header("authorization") == "AWS AKIAIOSFODNN7EXAMPLE:\(example.signature)")
    }

    @Test(arguments: examples)
    func `An example with the published signature is authenticated`(example: HeaderExample) throws {
        var request = example.request
        request.headers.append(("authorization", "AWS AKIAIOSFODNN7EXAMPLE:\(example.signature)"))
        let authentication = try Example.verifier(at: try Self.time(of: request)).verify(request)
        #expect(authentication.accessKeyID == "AKIAIOSFODNN7EXAMPLE")
        #expect(authentication.method == .v2Header)
        #expect(authentication.payloadHash == .unsigned)
    }

    /// The older form of the Delete example: `x-amz-date` takes the place of `Date`, which may be there nevertheless.
    @Test(arguments: [nil, "Tue, 27 Mar 2007 21:20:27 +0000"])
    func `A date of its own header takes the place of Date`(date: String?) throws {
        var request = SignableRequest(
            method: "DELETE", path: "/johnsmith/photos/puppy.jpg", query: "",
            headers: [
                ("host", "s3.amazonaws.com"), ("x-amz-date", "Tue, 27 Mar 2007 21:20:26 +0000"),
                ("authorization", "AWS AKIAIOSFODNN7EXAMPLE:R4dJ53KECjStyBO5iTBJZ4XVOaI="),
            ])
        if let date { request.headers.append(("date", date)) }
        #expect(throws: Never.self) {
            try Example.verifier(at: try Self.time(of: Self.examples[4].request)).verify(request)
        }
    }

    @Test(arguments: [
        "acl", "cors", "policy", "uploads", "versionId=x", "response-content-type=text%2Fplain", "delete",
    ])
    func `A sub-resource is signed`(query: String) throws {
        var request = Self.examples[0].request
        let signed = V2Signer(credentials: Example.credentials).sign(request)
        request = signed
        request.query = query
        let time = try Self.time(of: request)
        let error = #expect(throws: S3Error.self) { try Example.verifier(at: time).verify(request) }
        #expect(error?.code == .signatureDoesNotMatch)
    }

    /// Presigned URLs that the Datastore's own client made, and that were computed by hand from the same string.
    @Test(arguments: [
        ("/fake-bucket/owner/my-package/datapackage.json", "XwGqaZHKz/+0COZsK4o6Kv9nSUM="),
        (
            "/fake-bucket/owner/my-package/data/Some%20file%20%28%C3%BC%29%20%2B1.csv",
            "aH+PNN6ZqVLHgz8WttiVmgu2qCU="
        ),
    ])
    func `The Datastore's presigned uploads are made and authenticated`(path: String, signature: String) throws {
        let credentials = Credentials(accessKeyID: "fakes3", secretAccessKey: "fake123")
        let expires = Timestamp(seconds: 1_795_717_764)
        let request = SignableRequest(
            method: "PUT", path: path, query: "",
            headers: [
                ("host", "127.0.0.1:4567"), ("content-md5", "+uqBmwvQLi0M2W2enNxD/A=="),
                ("content-type", "application/octet-stream"), ("content-length", "50556"),
            ])
        let presigned = V2Signer(credentials: credentials).presign(request, expires: expires)
        #expect(try Query(presigned.query)["Signature"] == signature)
        let verifier = SignatureVerifier(now: { expires }, secret: { $0 == "fakes3" ? "fake123" : nil })
        let authentication = try verifier.verify(presigned)
        #expect(authentication.accessKeyID == "fakes3")
        #expect(authentication.method == .v2Query)
        let error = #expect(throws: S3Error.self) {
            try verifier.verify(presigned.replacing("content-md5", with: "AAAAAAAAAAAAAAAAAAAAAA=="))
        }
        #expect(error?.code == .signatureDoesNotMatch)
    }

    /// boto3 repeats headers as parameters of their names, and they need not be sent then: those of S3 are signed as the
    /// header fields that they stand for, and others not at all.
    @Test func `Of parameters that repeat headers those of S3 are signed`() throws {
        let request = Example.request("GET", "/bucket/key", query: "content-type=text%2Fcsv&X-Amz-Meta-A=b+c")
        let presigned = V2Signer(credentials: Example.credentials).presign(request, expires: Example.time)
        let sent = Example.request("GET", "/bucket/key", headers: [("x-amz-meta-a", "b c")])
        let signed = V2Signer(credentials: Example.credentials).presign(sent, expires: Example.time)
        #expect(try Query(presigned.query)["Signature"] == Query(signed.query)["Signature"])
        #expect(throws: Never.self) { try Example.verifier().verify(presigned) }
        #expect(throws: Never.self) {
            try Example.verifier().verify(presigned.replacing("query", "content-type=text%2Fcsv&", with: ""))
        }
        for change in ["", "X-Amz-Meta-A=other&", "X-Amz-Meta-A=b+c&x-amz-meta-b=c&"] {
            let error = #expect(throws: S3Error.self) {
                try Example.verifier().verify(presigned.replacing("query", "X-Amz-Meta-A=b+c&", with: change))
            }
            #expect(error?.code == .signatureDoesNotMatch)
        }
    }

    private static func time(of request: SignableRequest) throws -> Timestamp {
        try #require(Timestamp(parsing: request.header("x-amz-date") ?? request.header("date") ?? ""))
    }

    private static func example(
        _ name: String, _ method: String, _ path: String, query: String = "", _ date: String, _ signature: String,
        headers: [(name: String, value: String)] = [], bucket: String? = "awsexamplebucket1"
    ) -> HeaderExample {
        HeaderExample(
            testDescription: name,
            request: SignableRequest(
                method: method, path: path, query: query,
                headers: [("host", "s3.us-west-1.amazonaws.com"), ("date", date)] + headers, hostBucket: bucket),
            signature: signature)
    }
}
