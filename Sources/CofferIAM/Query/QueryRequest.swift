package import CofferAccess
package import CofferModel
import CofferService
import CofferStorage

/// A request to IAM or STS with a valid signature.
package struct QueryRequest: Sendable {
    let query: QueryService
    let operation: String
    let parameters: QueryParameters
    package let access: Access
    let service: IAMService
    /// The caller's account, to which operations of IAM apply.
    let account: Account
    /// The account's state when the request began.
    let snapshot: IdentitySnapshot

    /// - Throws: `MissingAuthenticationToken` for a caller without an account.
    init(
        _ query: QueryService, operation: String, _ parameters: QueryParameters, _ access: Access, _ service: IAMService
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

    /// Returns an IAM ARN in the account.
    func arn(_ resource: String) -> String { "arn:aws:iam::\(account.id):\(resource)" }

    /// Checks the caller's permission for an operation.
    ///
    /// - Throws: `AccessDenied` if it is not allowed.
    ///
    /// - Parameters:
    ///   - resource: the ARN of the resource.
    ///   - source: the ARN of the entity whose tags and boundary count for conditions; nil for the resource itself.
    ///   - name: the resource's name in the refusal.
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
    ///   - extra: additional values of condition keys, by the keys' names in lower case.
    func accessRequest(
        _ action: String, on resource: String, of owner: Account? = nil, values extra: [String: [String]]
    ) -> AccessRequest {
        let lowercased = action.lowercased()
        return AccessRequest(
            principal: access.principal, action: action, resource: resource, resourceAccount: owner?.id,
            value: { key throws(S3Error) in
                if let value = extra[key.text] { return value }
                guard let name = key.name, name.concerns(lowercased) else { return nil }
                return value(of: name, tag: key.tag, owner: owner).map { [$0] }
            })
    }

    private func value(of name: ConditionKey.Name, tag: String?, owner: Account?) -> String? {
        switch name {
        case .resourceAccount: owner?.id ?? account.id
        case .requestedRegion: service.context.region
        default: access.value(of: name, tag: tag)
        }
    }

    /// Returns an ARN without the facts that a refusal must not reveal: an existing entity's path, the case of its
    /// name, and the owner of an access key.
    fileprivate func nameInRefusal(_ resource: String) -> String {
        if operation == "GetAccessKeyLastUsed" { return arn("user/*") }
        guard query == .iam, IAMConditions(of: operation).hasTarget else { return resource }
        for noun in ["User", "Group", "Role"] where resource.hasPrefix(arn("\(noun.lowercased())/")) {
            let own = resource.split(at: "/", keepingEmpty: true).last.map(String.init)
            return arn("\(noun.lowercased())/\(parameters["\(noun)Name"] ?? own ?? "")")
        }
        return resource
    }

    /// Returns `AccessDenied` with IAM's message.
    package func denied(
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

/// A request that may be performed. Only `authorize` creates one, so that code without the check does not
/// compile.
package struct AuthorizedQuery: Sendable {
    package let request: QueryRequest
    /// When the request arrived.
    var time: Timestamp { request.access.request.time }

    fileprivate init(_ request: QueryRequest) { self.request = request }

    package var parameters: QueryParameters { request.parameters }
    var directory: IAMDirectory { request.directory }
    package var account: Account { request.account }

    /// Changes the directory. The change is durable and in effect when this returns.
    ///
    /// - Throws: `LimitExceeded` for a change after which all documents and tags together are too large.
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
/// - Throws: `AccessDenied`, or `InvalidClientTokenId` for credentials that the service does not accept.
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
