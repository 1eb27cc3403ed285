import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Removes a bucket's public access block, which need not exist.
struct DeletePublicAccessBlock: S3Operation {
    static let anonymousRefusal: String? = AnonymousRefusal.usual

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        [Permission("s3:PutBucketPublicAccessBlock", bucket: try request.bucketName())]
    }

    init(_ request: S3Request) {}

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        try await call.setConfiguration("publicAccessBlock", to: nil)
        return .noContent
    }
}
