import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Sets a bucket's public access block. Settings that the document omits are off.
struct PutPublicAccessBlock: ParameterlessOperation {
    static let action = "s3:PutBucketPublicAccessBlock"
    static let body = BodyKind.document(limit: Limits.documentByteCount)
    static let anonymousRefusal: String? = AnonymousRefusal.byDefault

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let block = try PublicAccessBlock(document: try body.finish().requireDocument())
        try await call.setConfiguration("publicAccessBlock", to: block.document)
        return HTTPResponse(status: 200)
    }
}
