import CofferAccess
import CofferHTTP
import CofferModel
import CofferStorage

/// A bucket's policy, byte for byte as it was put, but for the names of those who were renamed or are gone.
struct GetBucketPolicy: S3Operation {
    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        [Permission("s3:GetBucketPolicy", bucket: try request.bucketName())]
    }

    init(_ request: S3Request) {}

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        try call.requireOwnersAccount()
        let documents = try call.configurations()
        let document = try call.require("policy", in: documents, orThrow: .noSuchBucketPolicy)
        // Without its ids, which cannot be read, it is shown as it was put, as is a policy that cannot be read.
        let ids = (try? SavedPrincipals.read(documents)) ?? [:]
        let shown =
            try call.state.hasUnreadablePolicy
            ? document : Policy.shown(document, ids: ids, in: call.service.identities)
        return HTTPResponse(status: 200, headers: [("Content-Type", "application/json")], body: .bytes(shown))
    }
}
