import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Returns whether a bucket's versions can be locked, and how new ones are locked by default.
struct GetObjectLockConfiguration: S3Operation {
    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        [Permission("s3:GetBucketObjectLockConfiguration", bucket: try request.bucketName())]
    }

    init(_ request: S3Request) {}

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        guard let lock = try call.state.lock else {
            throw S3Error(
                .objectLockConfigurationNotFound, details: [("BucketName", try call.bucket.name.description)])
        }
        return .xml(lock.document)
    }
}
