import CofferAccess
import CofferHTTP
import CofferModel
import CofferStorage

/// Sets a bucket's policy, after reading it as it will be enforced.
struct PutBucketPolicy: S3Operation {
    static let body = BodyKind.document(limit: Limits.documentByteCount)

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        [Permission("s3:PutBucketPolicy", bucket: try request.bucketName())]
    }

    init(_ request: S3Request) {}

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let document = try body.finish().document
        guard !document.isEmpty else { throw S3Error(.missingRequestBodyError) }
        _ = try Policy(document: document, bucket: try call.bucket.name)
        guard try !call.state.publicAccessBlock.blocksPublicPolicy || !PublicPolicy.isPublic(document) else {
            throw .blocked("policies", by: "BlockPublicPolicy")
        }
        try await call.setConfiguration("policy", to: document)
        return .noContent
    }
}
