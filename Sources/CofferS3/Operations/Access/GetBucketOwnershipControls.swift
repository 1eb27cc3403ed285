import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Returns a bucket's object ownership setting, if it has one.
struct GetBucketOwnershipControls: S3Operation {
    static let anonymousRefusal: String? = AnonymousRefusal.action("GetBucketOwnershipControls")

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        [Permission("s3:GetBucketOwnershipControls", bucket: try request.bucketName())]
    }

    init(_ request: S3Request) {}

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        .xml(try await call.configuration("ownershipControls", orThrow: .ownershipControlsNotFound))
    }
}
