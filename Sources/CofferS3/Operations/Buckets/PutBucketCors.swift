import CofferHTTP
import CofferModel
import CofferService

/// Sets a bucket's cross-origin rules.
struct PutBucketCors: ParameterlessOperation {
    static let action = "s3:PutBucketCORS"
    static let body = BodyKind.document(limit: Limits.corsByteCount, needsDigest: true)

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let configuration = try CORSConfiguration(document: try body.finish().requireDocument())
        try configuration.validate()
        try await call.setConfiguration("cors", to: configuration.document)
        return HTTPResponse(status: 200)
    }
}
