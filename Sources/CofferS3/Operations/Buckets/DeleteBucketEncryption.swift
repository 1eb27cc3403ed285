import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Resets a bucket's default encryption to that of new buckets: SSE-S3 for objects whose requests specify none.
struct DeleteBucketEncryption: ParameterlessOperation {
    static let action = "s3:PutEncryptionConfiguration"

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        try await call.setConfiguration("encryption", to: call.service.initialEncryption?.document)
        return .noContent
    }
}
