import CofferCrypto
import CofferModel
import CofferSigning
import Testing

/// The worked examples of chunked uploads: 66,560 letters in chunks of 64 KiB and 1 KiB, and the same with a trailer.
///
/// The trailer's checksum on AWS's page is wrong in places; the right CRC-32C of the body is `sOO8/Q==`.
struct ChunkedExampleTests {
    struct Upload: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let payloadHash: String
        let headers: [(name: String, value: String)]
        let seed: String
        let chunks: [String]
    }

    private static let plain = Upload(
        testDescription: "without trailer", payloadHash: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
        headers: [
            ("content-encoding", "aws-chunked"), ("content-length", "66824"),
            ("x-amz-decoded-content-length", "66560"), ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
        ],
        seed: "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
        chunks: [
            "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
            "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
            "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
        ])

    private static let trailing = Upload(
        testDescription: "with trailer", payloadHash: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
        headers: [
            ("content-encoding", "aws-chunked"), ("x-amz-decoded-content-length", "66560"),
            ("x-amz-storage-class", "REDUCED_REDUNDANCY"), ("x-amz-trailer", "x-amz-checksum-crc32c"),
        ],
        seed: "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e",
        chunks: [
            "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
            "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
            "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
        ])

    private static let trailerSignature = "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435"
    private static let letters = [65_536, 1024, 0].map { [UInt8](repeating: UInt8(ascii: "a"), count: $0) }

    @Test(arguments: [plain, trailing])
    func `The request has the published seed signature and is authenticated`(upload: Upload) throws {
        let signed = Self.sign(upload)
        #expect(signed.signature == upload.seed)
        let authentication = try Example.verifier().verify(signed)
        #expect(authentication.chunkSigner != nil)
        let hasTrailer = upload.payloadHash.hasSuffix("TRAILER")
        #expect(authentication.payloadHash == .streaming(isSigned: true, hasTrailer: hasTrailer))
    }

    @Test(arguments: [plain, trailing])
    func `The chunks have the published signatures`(upload: Upload) {
        var signer = Example.signer.chunkSigner(seedSignature: upload.seed, at: Example.time)
        let signatures = Self.letters.map { signer.signature(chunkHash: Digest.of($0, .sha256)) }
        #expect(signatures == upload.chunks)
    }

    @Test func `The trailer has the published signature`() {
        var signer = Example.signer.chunkSigner(seedSignature: Self.trailing.seed, at: Example.time)
        for chunk in Self.letters { _ = signer.signature(chunkHash: Digest.of(chunk, .sha256)) }
        #expect(signer.signature(trailer: "x-amz-checksum-crc32c:sOO8/Q==\n") == Self.trailerSignature)
    }

    @Test(arguments: [plain, trailing], [1, 7, 1000, 65_536, 100_000])
    func `The published body is verified and decoded in pieces of any size`(upload: Upload, pieceLength: Int) throws {
        let signer = try #require(try Example.verifier().verify(Self.sign(upload)).chunkSigner)
        let hasTrailer = upload.payloadHash.hasSuffix("TRAILER")
        var body = zip(Self.letters, upload.chunks).flatMap { bytes, signature in
            Array("\(String(bytes.count, radix: 16));chunk-signature=\(signature)\r\n".utf8) + bytes
                + (bytes.isEmpty ? [] : Array("\r\n".utf8))
        }
        let trailer = "x-amz-checksum-crc32c:sOO8/Q==\nx-amz-trailer-signature:\(Self.trailerSignature)\n"
        body += Array(((hasTrailer ? trailer : "") + "\r\n").utf8)
        if !hasTrailer { #expect(body.count == 66_824) }
        let decoded = try ChunkedBody.decode(body, signer: signer, hasTrailer: hasTrailer, pieceLength: pieceLength)
        #expect(decoded.payload == Self.letters.flatMap { $0 })
        #expect(decoded.trailer == (hasTrailer ? ["x-amz-checksum-crc32c:sOO8/Q=="] : []))
    }

    private static func sign(_ upload: Upload) -> SignableRequest {
        let request = SignableRequest(
            method: "PUT", path: "/examplebucket/chunkObject.txt", query: "",
            headers: [("host", "s3.amazonaws.com")] + upload.headers)
        return Example.signer.sign(request, payloadHash: upload.payloadHash, at: Example.time)
    }
}
