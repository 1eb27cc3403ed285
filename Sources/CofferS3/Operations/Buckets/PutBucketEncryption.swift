import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Sets a bucket's default encryption, for objects whose requests specify none.
struct PutBucketEncryption: S3Operation {
    static let body = BodyKind.document(limit: Limits.documentByteCount)

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        [Permission("s3:PutEncryptionConfiguration", bucket: try request.bucketName())]
    }

    init(_ request: S3Request) {}

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let configuration = try EncryptionConfiguration(document: try body.finish().requireDocument())
        try await call.setConfiguration("encryption", to: configuration.document)
        return HTTPResponse(status: 200)
    }
}
