import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Sets a bucket's default encryption, for objects whose requests specify none.
struct PutBucketEncryption: ParameterlessOperation {
    static let action = "s3:PutEncryptionConfiguration"
    static let body = BodyKind.document(limit: Limits.documentByteCount)

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let configuration = try EncryptionConfiguration(document: try body.finish().requireDocument())
        try await call.setConfiguration("encryption", to: configuration.document)
        return HTTPResponse(status: 200)
    }
}
