import CofferAccess
import CofferModel
import CofferStorage

/// A request to IAM or STS whose signature is good.
struct QueryRequest: Sendable {
    let query: QueryService
    let operation: String
    let parameters: QueryParameters
    let access: Access
    let service: Service
    /// What there was when the request began.
    let snapshot: IdentitySnapshot

    init(
        _ query: QueryService, operation: String, _ parameters: QueryParameters, _ access: Access, _ service: Service
    ) {
        self.query = query
        self.operation = operation
        self.parameters = parameters
        self.access = access
        self.service = service
        snapshot = service.identities.snapshot
    }

    var directory: IAMDirectory { snapshot.directory }
    var account: Account { service.account }

    /// An ARN of the account's in IAM.
    func arn(_ resource: String) -> String { "arn:aws:iam::\(account.id):\(resource)" }

    /// Whether the caller may do something.
    ///
    /// - Parameter extra: values of condition keys, whose names are in lower case, besides those of every request.
    func decide(
        _ action: String, on resource: String, extra: [String: String] = [:]
    ) throws(S3Error) -> Decision {
        try evaluate(accessRequest(action, on: resource, extra: extra), access.identity.policySet()).decision
    }

    func accessRequest(_ action: String, on resource: String, extra: [String: String]) -> AccessRequest {
        let values = ConditionValues(access, Permission(action), in: nil, service: service)
        return AccessRequest(
            principal: access.principal, action: action, resource: resource,
            value: { key throws(S3Error) in
                if let value = extra[key.text] { return [value] }
                return try values.values(of: key)
            })
    }

    /// `AccessDenied`, in IAM's words.
    func denied(
        _ action: String, on resource: String, by decision: Decision = .notAllowed(by: .anyPolicy)
    ) -> S3Error {
        let reason =
            switch decision {
            case .denied: "with an explicit deny in an identity-based policy"
            case .notAllowed(.boundary): "because no permissions boundary allows the \(action) action"
            case .notAllowed(.sessionPolicies): "because no session policy allows the \(action) action"
            case .allowed, .notAllowed: "because no identity-based policy allows the \(action) action"
            }
        return S3Error(
            .accessDenied,
            "User: \(access.principal.arn ?? "anonymous") is not authorized to perform: \(action) on resource: "
                + "\(resource) \(reason)")
    }

    /// The request's values of IAM's condition keys.
    fileprivate var conditionValues: [String: String] {
        var values: [String: String] = [:]
        values["iam:policyarn"] = parameters["PolicyArn"]
        values["iam:permissionsboundary"] = parameters["PermissionsBoundary"]
        for tag in parameters.structures("Tags") {
            if let key = tag["Key"] { values["aws:requesttag/\(key.lowercased())"] = tag["Value"] }
        }
        return values
    }
}

/// A request that may be performed: only ``authorize(_:_:)`` makes one, so that forgetting to ask does not compile.
struct AuthorizedQuery: Sendable {
    let request: QueryRequest

    fileprivate init(_ request: QueryRequest) { self.request = request }

    var parameters: QueryParameters { request.parameters }
    var directory: IAMDirectory { request.directory }
    var account: Account { request.account }

    /// Changes the directory; the change is durable and in force when this returns.
    func change<Value: Sendable>(
        _ change: @escaping @Sendable (inout IAMDirectory) throws(S3Error) -> Value
    ) async throws(S3Error) -> Value {
        try await request.service.identities.change(change)
    }
}

/// Decides whether a request to IAM or STS may be performed.
///
/// - Throws: `AccessDenied`, or `InvalidClientTokenId` for credentials that are not for the service.
func authorize(_ operation: QueryOperation, _ request: QueryRequest) throws(S3Error) -> AuthorizedQuery {
    switch request.access.identity.credentials {
    case .lasting, .role: break
    case .session, .federation:
        // Source: IAM User Guide, "Compare AWS STS credentials".
        guard request.query == .sts else { throw S3Error(.invalidClientTokenID) }
    }
    guard let resource = try operation.resource(request) else { return AuthorizedQuery(request) }
    let action = "\(request.query.rawValue):\(operation.name)"
    let decision = try request.decide(action, on: resource, extra: request.conditionValues)
    guard decision.isAllowed else { throw request.denied(action, on: resource, by: decision) }
    return AuthorizedQuery(request)
}
