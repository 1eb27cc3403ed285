import CofferHTTP
import CofferModel
import CofferService

/// Sets a bucket's cross-origin rules.
struct PutBucketCors: S3Operation {
    static let body = BodyKind.document(limit: Limits.corsByteCount, needsDigest: true)

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        [Permission("s3:PutBucketCORS", bucket: try request.bucketName())]
    }

    init(_ request: S3Request) {}

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let configuration = try CORSConfiguration(document: try body.finish().requireDocument())
        try configuration.validate()
        try await call.setConfiguration("cors", to: configuration.document)
        return HTTPResponse(status: 200)
    }
}
