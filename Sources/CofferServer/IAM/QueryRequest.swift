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
    /// The caller's, which operations of IAM are about.
    let account: Account
    /// What there was in the account when the request began.
    let snapshot: IdentitySnapshot

    /// - Throws: `MissingAuthenticationToken` for a caller without an account.
    init(
        _ query: QueryService, operation: String, _ parameters: QueryParameters, _ access: Access, _ service: Service
    ) throws(S3Error) {
        guard let account = access.principal.account,
            let snapshot = service.identities.snapshot(ofAccount: account.id)
        else { throw S3Error(.missingAuthenticationToken) }
        self.account = account
        self.snapshot = snapshot
        self.query = query
        self.operation = operation
        self.parameters = parameters
        self.access = access
        self.service = service
    }

    var directory: IAMDirectory { snapshot.directory }

    /// An ARN of the account's in IAM.
    func arn(_ resource: String) -> String { "arn:aws:iam::\(account.id):\(resource)" }

    /// - Throws: `AccessDenied` unless the caller may do something.
    ///
    /// - Parameters:
    ///   - resource: its ARN.
    ///   - source: the ARN whose tags and boundary are asked for; nil for the resource's own.
    ///   - name: what the refusal calls it.
    func check(
        _ operation: String, on resource: String, like source: String? = nil, called name: String
    ) throws(S3Error) {
        let action = "\(query.rawValue):\(operation)"
        let values = conditionValues(operation, on: source ?? resource)
        let request = accessRequest(action, on: resource, values: values)
        let decision = try evaluate(request, access.identity.policySet()).decision
        guard decision.isAllowed else { throw denied(action, on: name, by: decision) }
    }

    /// - Parameters:
    ///   - owner: the account of the resource; nil for the caller's.
    ///   - extra: values of condition keys, whose names are in lower case, besides those of every request.
    func accessRequest(
        _ action: String, on resource: String, of owner: Account? = nil, values extra: [String: [String]]
    ) -> AccessRequest {
        let values = ConditionValues(access, Permission(action), in: nil, service: service)
        return AccessRequest(
            principal: access.principal, action: action, resource: resource, resourceAccount: owner?.id,
            value: { key throws(S3Error) in
                if let value = extra[key.text] { return value }
                if let owner, key.name == .resourceAccount { return [owner.id] }
                return try values.values(of: key)
            })
    }

    /// An ARN as a refusal may name it: without what the caller is not to learn, which is the path of what there is and
    /// the case of its name, and whose an access key is.
    fileprivate func nameInRefusal(_ resource: String) -> String {
        if operation == "GetAccessKeyLastUsed" { return arn("user/*") }
        guard query == .iam, IAMConditions(of: operation).hasTarget else { return resource }
        for noun in ["User", "Group", "Role"] where resource.hasPrefix(arn("\(noun.lowercased())/")) {
            let own = resource.split(at: "/", keepingEmpty: true).last.map(String.init)
            return arn("\(noun.lowercased())/\(parameters["\(noun)Name"] ?? own ?? "")")
        }
        return resource
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
}

/// A request that may be performed: only ``authorize(_:_:)`` makes one, so that forgetting to ask does not compile.
struct AuthorizedQuery: Sendable {
    let request: QueryRequest
    /// When the request came.
    var time: Timestamp { request.access.request.time }

    fileprivate init(_ request: QueryRequest) { self.request = request }

    var parameters: QueryParameters { request.parameters }
    var directory: IAMDirectory { request.directory }
    var account: Account { request.account }

    /// Changes the directory; the change is durable and in force when this returns.
    ///
    /// - Throws: `LimitExceeded` for a change with which all documents and tags together are too much.
    func change<Value: Sendable>(
        _ change: @escaping @Sendable (inout IAMDirectory) throws(S3Error) -> Value
    ) async throws(S3Error) -> Value {
        try await request.service.identities.change(ofAccount: account.id) { directory throws(S3Error) in
            let before = directory.textByteCount
            let value = try change(&directory)
            let after = directory.textByteCount
            guard after <= max(before, IAMLimits.allTextBytes) else {
                throw .quotaExceeded("PolicyAndTagBytesPerAccount", IAMLimits.allTextBytes)
            }
            return value
        }
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
    let name = request.nameInRefusal(resource)
    try request.check(operation.name, on: resource, called: name)
    if let tagging = IAMConditions(of: operation.name).taggingAction, !request.parameters.structures("Tags").isEmpty {
        try request.check(tagging, on: resource, called: name)
    }
    return AuthorizedQuery(request)
}
