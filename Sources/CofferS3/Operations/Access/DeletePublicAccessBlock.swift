import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Removes a bucket's public access block, which need not exist.
struct DeletePublicAccessBlock: ParameterlessOperation {
    static let action = "s3:PutBucketPublicAccessBlock"
    static let anonymousRefusal: String? = AnonymousRefusal.byDefault

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        try await call.setConfiguration("publicAccessBlock", to: nil)
        return .noContent
    }
}
