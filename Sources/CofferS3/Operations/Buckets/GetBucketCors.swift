import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Returns a bucket's cross-origin rules.
struct GetBucketCors: ParameterlessOperation {
    static let action = "s3:GetBucketCORS"

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        .xml(try await call.configuration("cors", orThrow: .noSuchCORSConfiguration))
    }
}
