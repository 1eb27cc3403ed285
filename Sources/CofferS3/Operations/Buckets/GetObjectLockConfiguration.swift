import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Returns whether a bucket's versions can be locked, and how new ones are locked by default.
struct GetObjectLockConfiguration: ParameterlessOperation {
    static let action = "s3:GetBucketObjectLockConfiguration"

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        guard let lock = try call.state.lock else {
            throw S3Error(
                .objectLockConfigurationNotFound, details: [("BucketName", try call.bucket.name.description)])
        }
        return .xml(lock.document)
    }
}
