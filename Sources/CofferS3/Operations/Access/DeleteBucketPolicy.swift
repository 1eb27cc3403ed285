import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Removes a bucket's policy, which need not exist.
struct DeleteBucketPolicy: ParameterlessOperation {
    static let anonymousRefusal: String? = AnonymousRefusal.byDefault

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        try call.requireOwnersAccount()
        try await call.setConfigurations(["policy": nil, SavedPrincipals.kind: nil])
        return .noContent
    }
}
