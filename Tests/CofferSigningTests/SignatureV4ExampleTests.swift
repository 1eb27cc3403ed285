import CofferModel
import CofferSigning
import Testing

/// The worked examples of the S3 API Reference, "Authenticating Requests (AWS Signature Version 4)".
struct SignatureV4ExampleTests {
    struct HeaderExample: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let request: SignableRequest
        let payloadHash: String
        let signature: String
    }

    private static let headerExamples = [
        HeaderExample(
            testDescription: "GET Object",
            request: Example.request("GET", "/test.txt", headers: [("range", "bytes=0-9")]),
            payloadHash: Example.emptyHash,
            signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
        HeaderExample(
            testDescription: "PUT Object",
            request: Example.request(
                "PUT", "/test%24file.text",
                headers: [
                    ("date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
                ]),
            payloadHash: "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
            signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"),
        HeaderExample(
            testDescription: "GET Bucket Lifecycle", request: Example.request("GET", "/", query: "lifecycle"),
            payloadHash: Example.emptyHash,
            signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        HeaderExample(
            testDescription: "GET Bucket (List Objects)",
            request: Example.request("GET", "/", query: "max-keys=2&prefix=J"), payloadHash: Example.emptyHash,
            signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
    ]

    @Test(arguments: headerExamples)
    func `Signing an example gives the published signature`(example: HeaderExample) {
        let signed = Example.signer.sign(example.request, payloadHash: example.payloadHash, at: Example.time)
        #expect(signed.signature == example.signature)
    }

    @Test(arguments: headerExamples)
    func `An example with the published signature is authenticated`(example: HeaderExample) throws {
        var request = example.request
        request.headers += [("x-amz-content-sha256", example.payloadHash), ("x-amz-date", "20130524T000000Z")]
        let names = request.headers.map(\.name).sorted().joined(separator: ";")
        request.headers.append(
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
                    + "SignedHeaders=\(names),Signature=\(example.signature)"
            ))
        let authentication = try Example.verifier().verify(request)
        #expect(authentication.accessKeyID == "AKIAIOSFODNN7EXAMPLE")
        #expect(authentication.method == .v4Header)
        #expect(authentication.payloadHash == .sha256(example.payloadHash))
        #expect(authentication.chunkSigner == nil)
    }

    @Test func `A key that was sent as it is may be signed with S3's encoding`() throws {
        var request = Self.headerExamples[1].request
        request.path = "/test$file.text"
        let signed = Example.signer.sign(
            request, payloadHash: Self.headerExamples[1].payloadHash, at: Example.time)
        #expect(signed.signature == Self.headerExamples[1].signature)
        #expect(throws: Never.self) { try Example.verifier().verify(signed) }
    }

    private static let presignedQuery =
        "X-Amz-Algorithm=AWS4-HMAC-SHA256"
        + "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
        + "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
        + "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"

    @Test func `Presigning the example gives the published URL`() {
        let presigned = Example.signer.presign(Example.request("GET", "/test.txt"), seconds: 86400, at: Example.time)
        #expect(presigned.query == Self.presignedQuery)
    }

    @Test func `The published URL is authenticated`() throws {
        let authentication = try Example.verifier().verify(
            Example.request("GET", "/test.txt", query: Self.presignedQuery))
        #expect(authentication.accessKeyID == "AKIAIOSFODNN7EXAMPLE")
        #expect(authentication.method == .v4Query)
        #expect(authentication.payloadHash == .unsigned)
    }
}
