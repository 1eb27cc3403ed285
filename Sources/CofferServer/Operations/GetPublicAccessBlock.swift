import CofferHTTP
import CofferModel
import CofferStorage

/// What a bucket refuses to the public, if anything was said of it.
struct GetPublicAccessBlock: S3Operation {
    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        [Permission("s3:GetBucketPublicAccessBlock", bucket: try request.bucketName())]
    }

    init(_ request: S3Request) {}

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        .xml(try call.configuration("publicAccessBlock", orThrow: .noSuchPublicAccessBlockConfiguration))
    }
}
