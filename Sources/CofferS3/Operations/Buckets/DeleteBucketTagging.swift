import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Removes all tags of a bucket.
struct DeleteBucketTagging: S3Operation {
    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        [Permission("s3:PutBucketTagging", bucket: try request.bucketName())]
    }

    init(_ request: S3Request) {}

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        try await call.setConfiguration("tagging", to: nil)
        return .noContent
    }
}
