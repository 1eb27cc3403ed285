import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Returns a bucket's public access block, if it has one.
struct GetPublicAccessBlock: ParameterlessOperation {
    static let action = "s3:GetBucketPublicAccessBlock"

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        .xml(try await call.configuration("publicAccessBlock", orThrow: .noSuchPublicAccessBlockConfiguration))
    }
}
