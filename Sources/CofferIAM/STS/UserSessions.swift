import CofferAccess
import CofferModel

/// GetSessionToken and GetFederationToken.
///
/// Source: STS API Reference, and IAM User Guide, "Compare AWS STS credentials".
enum UserSessions {
    static let operations: [QueryOperation] = [
        QueryOperation("GetSessionToken", on: { _ in nil }, session),
        QueryOperation("GetFederationToken", on: federatedARN, federate),
    ]

    /// 36 hours; for the root one hour.
    private static let longestSeconds = 129_600
    private static let rootSeconds = 3600
    private static let defaultSeconds = 43_200

    @Sendable private static func session(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let (holderID, isRoot) = try holder(call)
        try call.parameters.checkSession()
        let credentials = try SessionCredentials(
            .session, of: holderID, in: call.account, seconds: try seconds(call.parameters, isRoot: isRoot),
            tokenSize: try call.parameters.tokenSize, call.request.service.identities)
        return QueryAnswer { xml in
            xml.credentials(credentials)
            xml.tokenSize(credentials)
        }
    }

    @Sendable private static func federate(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let name = try name(call.parameters)
        let (holderID, isRoot) = try holder(call)
        try call.parameters.checkSession()
        let attributes = try SessionAttributes(ofFederatedUser: call)
        let limits = try SessionLimits(call.parameters, in: call.request.snapshot)
        let packedSize = try limits.packedSize(with: attributes.tags)
        let credentials = try SessionCredentials(
            .federation, of: holderID, in: call.account, name: name,
            seconds: try seconds(call.parameters, isRoot: isRoot), limits: limits, attributes: attributes,
            tokenSize: try call.parameters.tokenSize, call.request.service.identities)
        let user = FederatedUser(name: name, account: call.account)
        return QueryAnswer { xml in
            xml.credentials(credentials)
            xml.element("FederatedUser") { xml in
                xml.element("FederatedUserId", "\(user.account.id):\(user.name)")
                xml.element("Arn", user.arn)
            }
            xml.optional("PackedPolicySize", packedSize.map(String.init))
            xml.tokenSize(credentials)
        }
    }

    // MARK: Steps

    @Sendable private static func federatedARN(_ request: QueryRequest) throws(S3Error) -> String? {
        FederatedUser(name: try name(request.parameters), account: request.account).arn
    }

    private static func name(_ parameters: QueryParameters) throws(S3Error) -> String {
        try parameters.required("Name")
    }

    /// Returns the id of the caller, who must have long-term credentials.
    private static func holder(_ call: AuthorizedQuery) throws(S3Error) -> (id: String, isRoot: Bool) {
        let access = call.request.access
        guard access.identity.credentials == .lasting else {
            throw S3Error(.accessDenied, "Cannot call \(call.request.operation) with session credentials")
        }
        guard let id = access.principal.userID else { throw .internalError("a principal without an id") }
        return (id, access.principal == .root(call.account))
    }

    private static func seconds(_ parameters: QueryParameters, isRoot: Bool) throws(S3Error) -> Int {
        let seconds = try parameters.integer("DurationSeconds", in: 900...longestSeconds) ?? defaultSeconds
        return isRoot ? min(seconds, rootSeconds) : seconds
    }
}
