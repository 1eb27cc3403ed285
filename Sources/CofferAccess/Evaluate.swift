package import CofferModel

/// Decides a request as AWS does: what is explicitly denied is denied; what is allowed, by all that must, is allowed; all
/// else is denied.
///
/// - Throws: what the request's values or the ACL could not be told for.
///
/// Source: IAM User Guide, "Policy evaluation logic" and "Cross-account policy evaluation logic".
package func evaluate(_ request: AccessRequest, _ policies: PolicySet) throws(S3Error) -> Evaluation {
    var evaluator = Evaluator(request, policies, isTracing: false)
    return Evaluation(decision: try evaluator.decide(), trace: [])
}

/// Decides a request as ``evaluate(_:_:)`` does, and tells how each statement bore on it.
package func explain(_ request: AccessRequest, _ policies: PolicySet) throws(S3Error) -> Evaluation {
    var evaluator = Evaluator(request, policies, isTracing: true)
    return Evaluation(decision: try evaluator.decide(), trace: evaluator.trace)
}

/// What a request wants to do.
package struct AccessRequest {
    package let principal: Principal
    /// An IAM action such as `s3:GetObject`.
    package let action: String
    /// The ARN of the bucket or object.
    package let resource: String
    /// The id of the account that owns the resource; nil where it is the principal's own.
    package let resourceAccount: String?
    package let value: Values

    /// The request's values of a condition key; nil or none if it has none. Asked only for keys that a policy names.
    package typealias Values = (_ key: ConditionKey) throws(S3Error) -> [String]?

    package init(
        principal: Principal, action: String, resource: String, resourceAccount: String? = nil, value: @escaping Values
    ) {
        self.principal = principal
        self.action = action
        self.resource = resource
        self.resourceAccount = resourceAccount
        self.value = value
    }

    /// Whether the principal belongs to the account that owns the resource. Nobody anonymous does.
    var isWithinAccount: Bool {
        guard let account = principal.account else { return false }
        return resourceAccount.map { $0 == account.id } ?? true
    }
}

/// All that has a say in a request.
package struct PolicySet {
    /// Attached to the principal: its own, and those of its groups.
    package var identity: [Policy]
    /// The most that the identity's policies may allow; nil for no such limit.
    package var boundary: Policy?
    /// Given with a session, which has no more than they allow together; nil for no such limit.
    package var session: [Policy]?
    /// The policy of the bucket, or the trust policy of the role, that is asked for.
    package var resource: Policy?
    /// Whether the resource's policy must allow the request even within the account, as a role's trust policy must.
    package var isResourceRequired = false
    /// Whether the resource's policy can only deny, as a bucket's can for objects that another account owns.
    package var isResourceDenialOnly = false
    /// What the ACL of the bucket or object grants the principal. Asked only where nothing else allows the request.
    package var acl: () throws(S3Error) -> ACLGrant

    package init(
        identity: [Policy] = [], boundary: Policy? = nil, session: [Policy]? = nil, resource: Policy? = nil,
        acl: @escaping () throws(S3Error) -> ACLGrant = { () throws(S3Error) in .none }
    ) {
        self.identity = identity
        self.boundary = boundary
        self.session = session
        self.resource = resource
        self.acl = acl
    }
}

/// To whom an ACL grants what a principal asks for.
package enum ACLGrant: Sendable {
    case none
    /// To the principal's account, by canonical id or e-mail: its root has it, others need a policy of the account.
    case account
    /// To a group that the principal is of: everyone, or everyone with keys.
    case group
}
