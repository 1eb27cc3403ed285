import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Removes a bucket's cross-origin rules, which need not exist.
struct DeleteBucketCors: S3Operation {
    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        [Permission("s3:PutBucketCORS", bucket: try request.bucketName())]
    }

    init(_ request: S3Request) {}

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        try await call.setConfiguration("cors", to: nil)
        return .noContent
    }
}
