import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Removes a bucket's policy, which need not exist.
struct DeleteBucketPolicy: S3Operation {
    static let anonymousRefusal: String? = AnonymousRefusal.usual

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        [Permission("s3:DeleteBucketPolicy", bucket: try request.bucketName())]
    }

    init(_ request: S3Request) {}

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        try call.requireOwnersAccount()
        try await call.setConfigurations(["policy": nil, SavedPrincipals.kind: nil])
        return .noContent
    }
}
