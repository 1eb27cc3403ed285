import CofferAccess
import CofferHTTP
import CofferIAM
import CofferModel
import CofferService
import CofferStorage

/// Sets a bucket's policy, after parsing it as it will be enforced. Its principals are those who have these names now.
struct PutBucketPolicy: S3Operation {
    static let body = BodyKind.document(limit: Limits.documentByteCount)
    static let anonymousRefusal: String? = AnonymousRefusal.byDefault
    static let mustNameChecksum = true

    private let confirmsRemoval: Bool

    init(_ request: S3Request) throws(S3Error) {
        let header = request.headers["x-amz-confirm-remove-self-bucket-access"]
        confirmsRemoval = header?.lowercased() == "true"
    }

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        try call.requireOwnersAccount()
        let document = try body.finish().document
        let former = try call.state.policy.map { Set($0.principalIDs.values) } ?? []
        let principals = PrincipalIDs.current(call.service.iam.identities, former: former)
        let policy = try Policy(document: document, bucket: try call.bucket.name, principals: principals)
        guard try !call.state.publicAccessBlock.blocksPublicPolicy || !policy.isPublic else {
            throw .blocked("policies", by: "BlockPublicPolicy")
        }
        if !confirmsRemoval {
            guard try await Self.isAllowed(by: policy, call) else {
                throw S3Error(.accessDenied).withDenialReason(
                    "the new policy would not let the caller replace it: to set it anyway, send "
                        + "x-amz-confirm-remove-self-bucket-access: true",
                    isDisclosed: true)
            }
        }
        try await call.setConfigurations([
            "policy": document, SavedPrincipals.kind: SavedPrincipals.document(policy.principalIDs),
        ])
        return .noContent
    }

    /// Returns whether the caller could still replace a new policy. If not, the caller must confirm that this is
    /// intended.
    private static func isAllowed(by policy: Policy, _ call: Authorized<Self>) async throws(S3Error) -> Bool {
        guard let permission = try permissions(for: call.request).first else { return true }
        let state = try call.state
        return try await StoredFacts.decide(call.service.store) { facts throws(S3Error) in
            let request = call.access.accessRequest(permission, in: state, facts, call.service)
            return try evaluate(request, call.access.policies(resource: policy)).isAllowed
        }
    }
}
