import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Enables object lock for a bucket, and sets how new versions are locked by default. It cannot be disabled again.
struct PutObjectLockConfiguration: ParameterlessOperation {
    static let action = "s3:PutBucketObjectLockConfiguration"
    static let body = BodyKind.document(limit: Limits.documentByteCount, needsDigest: true)

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let configuration = try ObjectLockConfiguration(document: try body.finish().requireDocument())
        guard try call.bucket.versioning == .enabled else {
            throw S3Error(
                .invalidBucketState, "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration")
        }
        try await call.setConfiguration("object-lock", to: configuration.document)
        return HTTPResponse(status: 200)
    }
}
