import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Removes a bucket's object ownership setting, which need not exist.
struct DeleteBucketOwnershipControls: ParameterlessOperation {
    static let action = "s3:PutBucketOwnershipControls"
    static let anonymousRefusal: String? = AnonymousRefusal.action("PutBucketOwnershipControls")

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        try await call.setConfiguration("ownershipControls", to: nil)
        return .noContent
    }
}
