import CofferModel
import CofferSigning
import Testing

struct SignatureVerifierTests {
    @Test func `A request without a signature is anonymous`() throws {
        let authentication = try Example.verifier().verify(Example.request("GET", "/a", query: "prefix=b"))
        #expect(authentication.accessKeyID == nil)
        #expect(authentication.method == .anonymous)
        #expect(authentication.payloadHash == .unsigned)
        #expect(authentication.method.authType == nil && authentication.method.signatureVersion == nil)
    }

    // MARK: Spoilt requests

    struct Spoilt: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let code: S3Error.Code
        let request: SignableRequest

        init(_ what: String, _ code: S3Error.Code, _ request: SignableRequest) {
            testDescription = what
            self.code = code
            self.request = request
        }
    }

    private static let get = Example.signedGet()
    private static let v2 = V2Signer(credentials: Example.credentials).sign(
        Example.request("GET", "/test.txt", headers: [("date", "Fri, 24 May 2013 00:00:00 GMT")]))
    private static let presigned = Example.signer.presign(Example.request("GET", "/a"), seconds: 60, at: Example.time)
    private static let presignedV2 = V2Signer(credentials: Example.credentials).presign(
        Example.request("GET", "/a"), expires: Example.time)

    @Test(arguments: [
        Spoilt("another method", .signatureDoesNotMatch, changed { $0.method = "HEAD" }),
        Spoilt("another path", .signatureDoesNotMatch, changed { $0.path = "/test.tx" }),
        Spoilt("another query", .signatureDoesNotMatch, changed { $0.query = "versionId=nul" }),
        Spoilt("a further parameter", .signatureDoesNotMatch, changed { $0.query += "&acl" }),
        Spoilt("another host", .signatureDoesNotMatch, get.replacing("host", with: "evil.example")),
        Spoilt("another range", .signatureDoesNotMatch, get.replacing("range", with: "bytes=0-8")),
        Spoilt("a doubled range", .signatureDoesNotMatch, changed { $0.headers.append(("range", "bytes=0-9")) }),
        Spoilt("no range", .signatureDoesNotMatch, get.replacing("range", with: nil)),
        Spoilt("another hash", .signatureDoesNotMatch, get.replacing("x-amz-content-sha256", with: "UNSIGNED-PAYLOAD")),
        Spoilt("a later time", .signatureDoesNotMatch, get.replacing("x-amz-date", with: "20130524T000001Z")),
        Spoilt(
            "another region", .signatureDoesNotMatch, get.replacing("authorization", "us-east-1", with: "eu-west-1")),
        Spoilt("no signature", .authorizationHeaderMalformed, get.replacing("authorization", "Signature=", with: "S=")),
        Spoilt(
            "an empty signature", .authorizationHeaderMalformed, get.replacing("authorization", get.signature, with: "")
        ),
        Spoilt("half a signature", .signatureDoesNotMatch, get.replacing("authorization", get.signature, with: "f0e8")),
        Spoilt(
            "no credential", .authorizationHeaderMalformed, get.replacing("authorization", "Credential=", with: "C=")),
        Spoilt(
            "no signed headers", .authorizationHeaderMalformed,
            get.replacing("authorization", "SignedHeaders", with: "S")),
        Spoilt("a short credential", .authorizationHeaderMalformed, get.replacing("authorization", "/s3/", with: "/")),
        Spoilt(
            "no terminator", .authorizationHeaderMalformed, get.replacing("authorization", "aws4_request", with: "aws4")
        ),
        Spoilt("another service", .authorizationHeaderMalformed, get.replacing("authorization", "/s3/", with: "/iam/")),
        Spoilt(
            "another day", .authorizationHeaderMalformed, get.replacing("authorization", "20130524", with: "20130525")),
        Spoilt("another algorithm", .invalidArgument, get.replacing("authorization", "SHA256", with: "SHA512")),
        Spoilt("another scheme", .invalidArgument, get.replacing("authorization", with: "Basic dXNlcjpwYXNz")),
        Spoilt("an empty header", .invalidArgument, get.replacing("authorization", with: "")),
        Spoilt(
            "an unknown key", .invalidAccessKeyId, get.replacing("authorization", "AKIAIOSFODNN7EXAMPLE", with: "AKIA")),
        Spoilt("no hash", .invalidRequest, get.replacing("x-amz-content-sha256", with: nil)),
        Spoilt("a malformed hash", .invalidArgument, get.replacing("x-amz-content-sha256", with: "abc")),
        Spoilt("no date", .accessDenied, get.replacing("x-amz-date", with: nil)),
        Spoilt("a malformed date", .accessDenied, get.replacing("x-amz-date", with: "yesterday")),
        Spoilt("the host not signed", .accessDenied, get.replacing("authorization", "=host;", with: "=")),
        Spoilt("a header not signed", .accessDenied, changed { $0.headers.append(("x-amz-acl", "private")) }),
        Spoilt(
            "a header signed twice", .authorizationHeaderMalformed,
            get.replacing("authorization", "=host;", with: "=host;host;")),
        Spoilt(
            "a thousand signed headers", .authorizationHeaderMalformed,
            get.replacing("authorization", "=host;", with: "=host;" + (0..<1000).map { "h\($0);" }.joined())),
        Spoilt(
            "a session token that is not signed", .accessDenied,
            changed { $0.headers.append(("x-amz-security-token", "t")) }),
        Spoilt("a presignature beside the header", .invalidArgument, changed { $0.query += "&X-Amz-Algorithm=A" }),
        Spoilt("a broken query", .invalidURI, changed { $0.query += "&%zz" }),
    ])
    func `A request signed by version 4 in its header that is spoilt is refused`(spoilt: Spoilt) throws {
        Self.expect(spoilt.code, spoilt.request)
        // The same where the credentials are known.
        let verifier = Example.verifier()
        _ = try verifier.verify(Self.get)
        let error = #expect(throws: S3Error.self) { try verifier.verify(spoilt.request) }
        #expect(error?.code == spoilt.code)
        #expect(throws: Never.self) { try verifier.verify(Self.get) }
    }

    @Test(arguments: [
        Spoilt("another method", .signatureDoesNotMatch, changed(presigned) { $0.method = "PUT" }),
        Spoilt("another path", .signatureDoesNotMatch, changed(presigned) { $0.path = "/b" }),
        Spoilt("another host", .signatureDoesNotMatch, presigned.replacing("host", with: "evil.example")),
        Spoilt("a further parameter", .signatureDoesNotMatch, changed(presigned) { $0.query += "&versionId=x" }),
        Spoilt("a longer life", .signatureDoesNotMatch, presigned.replacing("query", "Expires=60", with: "Expires=61")),
        Spoilt("a second life", .signatureDoesNotMatch, changed(presigned) { $0.query += "&X-Amz-Expires=600" }),
        Spoilt(
            "no algorithm", .authorizationQueryParametersError,
            presigned.replacing("query", "X-Amz-Algorithm", with: "x")),
        Spoilt(
            "another algorithm", .authorizationQueryParametersError,
            presigned.replacing("query", "HMAC-SHA256", with: "X")),
        Spoilt("no date", .authorizationQueryParametersError, presigned.replacing("query", "X-Amz-Date", with: "x")),
        Spoilt(
            "a malformed date", .authorizationQueryParametersError, presigned.replacing("query", "T000000Z", with: "")),
        Spoilt("no life", .authorizationQueryParametersError, presigned.replacing("query", "X-Amz-Expires", with: "x")),
        Spoilt(
            "no signature", .authorizationQueryParametersError,
            presigned.replacing("query", "X-Amz-Signature", with: "x")),
        Spoilt(
            "no signed headers", .authorizationQueryParametersError,
            presigned.replacing("query", "X-Amz-SignedH", with: "x")),
        Spoilt(
            "a short credential", .authorizationQueryParametersError,
            presigned.replacing("query", "%2Fs3%2F", with: "%2F")),
        Spoilt(
            "another service", .authorizationQueryParametersError,
            presigned.replacing("query", "%2Fs3%2F", with: "%2Fsts%2F")),
        Spoilt(
            "an unknown key", .invalidAccessKeyId, presigned.replacing("query", "AKIAIOSFODNN7EXAMPLE", with: "AKIA")),
        Spoilt(
            "the host not signed", .accessDenied, presigned.replacing("query", "Headers=host", with: "Headers=range")),
        Spoilt(
            "a header not signed", .accessDenied, changed(presigned) { $0.headers.append(("x-amz-acl", "private")) }),
        Spoilt("a session token", .invalidToken, changed(presigned) { $0.query += "&X-Amz-Security-Token=t" }),
        Spoilt(
            "signed chunks", .invalidRequest,
            changed(presigned) {
                $0.headers.append(("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"))
            }),
    ])
    func `A URL presigned by version 4 that is spoilt is refused`(spoilt: Spoilt) {
        Self.expect(spoilt.code, spoilt.request)
    }

    @Test(arguments: [
        Spoilt("another method", .signatureDoesNotMatch, changed(v2) { $0.method = "PUT" }),
        Spoilt("another path", .signatureDoesNotMatch, changed(v2) { $0.path = "/Test.txt" }),
        Spoilt("a trailing slash", .signatureDoesNotMatch, changed(v2) { $0.path += "/" }),
        Spoilt("a further header", .signatureDoesNotMatch, changed(v2) { $0.headers.append(("x-amz-acl", "private")) }),
        Spoilt(
            "a content type", .signatureDoesNotMatch, changed(v2) { $0.headers.append(("content-type", "text/csv")) }),
        Spoilt("a later date", .signatureDoesNotMatch, v2.replacing("date", with: "Fri, 24 May 2013 00:00:01 GMT")),
        Spoilt("a signature that is no Base64", .signatureDoesNotMatch, v2.replacing("authorization", "=", with: "!")),
        Spoilt("no signature", .invalidArgument, v2.replacing("authorization", with: "AWS AKIAIOSFODNN7EXAMPLE")),
        Spoilt(
            "an empty signature", .signatureDoesNotMatch,
            v2.replacing("authorization", with: "AWS AKIAIOSFODNN7EXAMPLE:")),
        Spoilt("no key", .invalidArgument, v2.replacing("authorization", "AKIAIOSFODNN7EXAMPLE", with: "")),
        Spoilt(
            "an unknown key", .invalidAccessKeyId, v2.replacing("authorization", "AKIAIOSFODNN7EXAMPLE", with: "AKIA")),
        Spoilt("no date", .accessDenied, v2.replacing("date", with: nil)),
        Spoilt(
            "signed chunks", .invalidRequest,
            V2Signer(credentials: Example.credentials).sign(
                changed(v2) { $0.headers.append(("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD")) }
                    .replacing("authorization", with: nil))),
        Spoilt("presigned: another method", .signatureDoesNotMatch, changed(presignedV2) { $0.method = "PUT" }),
        Spoilt(
            "presigned: a longer life", .signatureDoesNotMatch,
            presignedV2.replacing("query", "=1369353600", with: "=1369353601")),
        Spoilt("presigned: no life", .accessDenied, presignedV2.replacing("query", "Expires", with: "x")),
        Spoilt("presigned: no key", .accessDenied, presignedV2.replacing("query", "AWSAccessKeyId", with: "x")),
        Spoilt("presigned: no signature", .accessDenied, presignedV2.replacing("query", "Signature", with: "x")),
        Spoilt(
            "presigned: an unknown key", .invalidAccessKeyId, presignedV2.replacing("query", "AKIAIOSF", with: "AKIA")),
    ])
    func `A request signed by version 2 that is spoilt is refused`(spoilt: Spoilt) {
        Self.expect(spoilt.code, spoilt.request)
    }

    @Test(arguments: ["", "0", "-1", "x", "1369353600.5", "9223372036854775807", "99999999999999999999"])
    func `A moment of expiry that cannot be is refused`(expires: String) {
        Self.expect(.accessDenied, Self.presignedV2.replacing("query", "=1369353600", with: "=\(expires)"))
    }

    // MARK: What else an answer tells

    @Test func `A wrong signature of version 4 is answered with what was signed`() throws {
        let error = try #require(
            throws: S3Error.self, performing: { try Example.verifier().verify(Self.changed { $0.path = "/other" }) })
        let details = Dictionary(error.details.map { ($0.name, $0.value) }) { first, _ in first }
        #expect(details["AWSAccessKeyId"] == "AKIAIOSFODNN7EXAMPLE")
        #expect(details["SignatureProvided"] == Self.get.signature)
        #expect(
            details["StringToSign"]?.hasPrefix("AWS4-HMAC-SHA256\n20130524T000000Z\n20130524/us-east-1/s3/") == true)
        let canonical = try #require(details["CanonicalRequest"])
        #expect(
            canonical.hasPrefix("GET\n/other\nversionId=null\nhost:examplebucket.s3.amazonaws.com\nrange:bytes=0-9\n"))
        let bytes = try #require(details["CanonicalRequestBytes"]).split(separator: " ")
        #expect(bytes.compactMap { UInt8($0, radix: 16) } == Array(canonical.utf8))
        #expect(!error.details.contains { $0.value.contains(Example.credentials.secretAccessKey) })
    }

    @Test func `Headers that were not signed are named`() {
        let error = #expect(throws: S3Error.self) {
            try Example.verifier().verify(Self.changed { $0.headers.append(("x-amz-acl", "private")) })
        }
        #expect(error?.details.map(\.value) == ["x-amz-acl"])
    }

    @Test func `Another region is refused only where one is required`() throws {
        let signer = V4Signer(credentials: Example.credentials, region: "moon-1")
        let request = signer.sign(Example.request("GET", "/a"), payloadHash: Example.emptyHash, at: Example.time)
        let presigned = signer.presign(Example.request("GET", "/a"), seconds: 60, at: Example.time)
        #expect(throws: Never.self) { try Example.verifier().verify(request) }
        let strict = Example.verifier(requiredRegion: "us-east-1")
        let header = #expect(throws: S3Error.self) { try strict.verify(request) }
        #expect(header?.code == .authorizationHeaderMalformed)
        #expect(header?.details.map(\.value) == ["us-east-1"])
        let query = #expect(throws: S3Error.self) { try strict.verify(presigned) }
        #expect(query?.code == .authorizationQueryParametersError)
    }

    @Test func `Version 2 can be switched off`() {
        for request in [Self.v2, Self.presignedV2] {
            let error = #expect(throws: S3Error.self) { try Example.verifier(acceptsV2: false).verify(request) }
            #expect(error?.code == .invalidRequest)
        }
        #expect(throws: Never.self) { try Example.verifier(acceptsV2: false).verify(Self.get) }
    }

    private static func changed(
        _ request: SignableRequest = get, _ change: (inout SignableRequest) -> Void
    ) -> SignableRequest {
        var request = request
        change(&request)
        return request
    }

    private static func expect(_ code: S3Error.Code, _ request: SignableRequest) {
        let error = #expect(throws: S3Error.self) { try Example.verifier().verify(request) }
        #expect(error?.code == code)
    }
}
