import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Returns a bucket's default encryption, for objects whose requests specify none: SSE-S3 if none was configured.
struct GetBucketEncryption: ParameterlessOperation {
    static let action = "s3:GetEncryptionConfiguration"

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        .xml((try call.state.encryption ?? .initial).document)
    }
}
