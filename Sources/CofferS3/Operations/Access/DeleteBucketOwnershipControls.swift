import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Removes a bucket's object ownership setting, which need not exist.
struct DeleteBucketOwnershipControls: S3Operation {
    static let anonymousRefusal: String? = AnonymousRefusal.action("PutBucketOwnershipControls")

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        [Permission("s3:PutBucketOwnershipControls", bucket: try request.bucketName())]
    }

    init(_ request: S3Request) {}

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        try await call.setConfiguration("ownershipControls", to: nil)
        return .noContent
    }
}
