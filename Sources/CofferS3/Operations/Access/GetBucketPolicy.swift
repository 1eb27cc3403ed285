import CofferAccess
import CofferHTTP
import CofferIAM
import CofferModel
import CofferService
import CofferStorage

/// Returns a bucket's policy, byte for byte as it was put, except for the names of principals that were renamed or
/// deleted.
struct GetBucketPolicy: ParameterlessOperation {
    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        try call.requireOwnersAccount()
        let documents = try await call.configurations()
        let document = try call.require("policy", in: documents, orThrow: .noSuchBucketPolicy)
        // If its principals' ids cannot be read, the policy is shown as it was put. So is a policy that cannot be read
        // itself.
        let ids = (try? SavedPrincipals.read(documents)) ?? [:]
        let shown =
            try call.state.hasUnreadablePolicy
            ? document : Policy.shown(document, ids: ids, in: call.service.iam.identities)
        return HTTPResponse(status: 200, headers: [("Content-Type", "application/json")], body: .bytes(shown))
    }
}
