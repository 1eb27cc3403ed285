import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Removes all tags of a bucket.
struct DeleteBucketTagging: ParameterlessOperation {
    static let action = "s3:PutBucketTagging"

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        try await call.setConfiguration("tagging", to: nil)
        return .noContent
    }
}
