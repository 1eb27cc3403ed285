import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Returns a bucket's tags.
struct GetBucketTagging: ParameterlessOperation {
    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        .xml(try await call.configuration("tagging", orThrow: .noSuchTagSet))
    }
}
