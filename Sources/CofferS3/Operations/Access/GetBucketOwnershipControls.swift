import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Returns a bucket's object ownership setting, if it has one.
struct GetBucketOwnershipControls: ParameterlessOperation {
    static let anonymousRefusal: String? = AnonymousRefusal.action("GetBucketOwnershipControls")

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        .xml(try await call.configuration("ownershipControls", orThrow: .ownershipControlsNotFound))
    }
}
