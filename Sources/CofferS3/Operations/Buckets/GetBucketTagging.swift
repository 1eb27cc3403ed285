import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Returns a bucket's tags.
struct GetBucketTagging: S3Operation {
    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        [Permission("s3:GetBucketTagging", bucket: try request.bucketName())]
    }

    init(_ request: S3Request) {}

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        .xml(try await call.configuration("tagging", orThrow: .noSuchTagSet))
    }
}
