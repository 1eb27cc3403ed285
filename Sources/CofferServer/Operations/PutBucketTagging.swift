import CofferHTTP
import CofferModel
import CofferStorage

/// Gives a bucket other tags.
struct PutBucketTagging: S3Operation {
    static let body = BodyKind.document(limit: Limits.documentByteCount)

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        [Permission("s3:PutBucketTagging", bucket: try request.bucketName())]
    }

    init(_ request: S3Request) {}

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let tags = try TagSet.parse(try body.finish().document, limit: Limits.bucketTagCount, subject: "Bucket")
        try await call.setConfiguration("tagging", to: TagSet.document(tags))
        return .noContent
    }
}
