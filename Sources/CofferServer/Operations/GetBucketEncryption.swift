import CofferHTTP
import CofferModel
import CofferStorage

/// How a bucket's objects are encrypted that ask for nothing themselves: by SSE-S3, if nothing else was set.
struct GetBucketEncryption: S3Operation {
    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        [Permission("s3:GetEncryptionConfiguration", bucket: try request.bucketName())]
    }

    init(_ request: S3Request) {}

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        .xml((try call.state.encryption ?? .initial).document)
    }
}
