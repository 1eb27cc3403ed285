import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Returns a bucket's default encryption, for objects whose requests specify none: SSE-S3 if none was configured.
struct GetBucketEncryption: S3Operation {
    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        [Permission("s3:GetEncryptionConfiguration", bucket: try request.bucketName())]
    }

    init(_ request: S3Request) {}

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        .xml((try call.state.encryption ?? .initial).document)
    }
}
