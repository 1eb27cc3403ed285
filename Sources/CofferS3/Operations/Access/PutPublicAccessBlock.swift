import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Sets a bucket's public access block. Settings that the document omits are off.
struct PutPublicAccessBlock: S3Operation {
    static let body = BodyKind.document(limit: Limits.documentByteCount)
    static let anonymousRefusal: String? = AnonymousRefusal.usual

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        [Permission("s3:PutBucketPublicAccessBlock", bucket: try request.bucketName())]
    }

    init(_ request: S3Request) {}

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let block = try PublicAccessBlock(document: try body.finish().requireDocument())
        try await call.setConfiguration("publicAccessBlock", to: block.document)
        return HTTPResponse(status: 200)
    }
}
