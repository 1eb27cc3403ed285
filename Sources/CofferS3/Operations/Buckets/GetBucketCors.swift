import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Returns a bucket's cross-origin rules.
struct GetBucketCors: S3Operation {
    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        [Permission("s3:GetBucketCORS", bucket: try request.bucketName())]
    }

    init(_ request: S3Request) {}

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        .xml(try await call.configuration("cors", orThrow: .noSuchCORSConfiguration))
    }
}
