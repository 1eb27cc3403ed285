import CofferHTTP
import CofferModel
import CofferStorage

/// Makes a bucket's versions lockable, and sets how new ones are. They stay lockable for ever.
struct PutObjectLockConfiguration: S3Operation {
    static let body = BodyKind.document(limit: Limits.documentByteCount)

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        [Permission("s3:PutBucketObjectLockConfiguration", bucket: try request.bucketName())]
    }

    init(_ request: S3Request) {}

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let document = try body.finish().document
        guard !document.isEmpty else { throw S3Error(.missingRequestBodyError) }
        let configuration = try ObjectLockConfiguration(document: document)
        guard try call.bucket.versioning == .enabled else {
            throw S3Error(
                .invalidBucketState, "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration")
        }
        try await call.setConfiguration("object-lock", to: configuration.document)
        return HTTPResponse(status: 200)
    }
}
