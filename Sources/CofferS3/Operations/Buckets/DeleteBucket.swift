import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Removes an empty bucket and its configurations.
struct DeleteBucket: ParameterlessOperation {
    static let anonymousRefusal: String? = AnonymousRefusal.byDefault

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let bucket = try call.bucket
        do throws(StorageError) {
            try await call.service.store.deleteBucket(bucket)
        } catch {
            if case .bucketNotEmpty = error {
                let hasVersions = bucket.versioning != .neverEnabled
                throw S3Error(
                    .bucketNotEmpty,
                    hasVersions
                        ? "\(S3Error.Code.bucketNotEmpty.message). You must delete all versions in the bucket." : nil,
                    details: [("BucketName", bucket.name.description)])
            }
            throw S3Error(storage: error)
        }
        call.service.buckets.invalidate(bucket.name)
        return .noContent
    }
}
