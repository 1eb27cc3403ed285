import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Removes a bucket's cross-origin rules, which need not exist.
struct DeleteBucketCors: ParameterlessOperation {
    static let action = "s3:PutBucketCORS"

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        try await call.setConfiguration("cors", to: nil)
        return .noContent
    }
}
