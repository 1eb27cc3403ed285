import CofferHTTP
import CofferModel
import CofferStorage

/// A bucket's policy, byte for byte as it was put.
struct GetBucketPolicy: S3Operation {
    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        [Permission("s3:GetBucketPolicy", bucket: try request.bucketName())]
    }

    init(_ request: S3Request) {}

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        try call.requireOwnersAccount()
        let document = try call.configuration("policy", orThrow: .noSuchBucketPolicy)
        return HTTPResponse(status: 200, headers: [("Content-Type", "application/json")], body: .bytes(document))
    }
}
