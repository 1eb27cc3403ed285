package import CofferModel

/// Decides a request as AWS does: an explicit denial always wins; a request is allowed if every policy that must allow
/// it does; everything else is denied.
///
/// - Throws: the errors of reading the request's values or the ACL.
///
/// Source: IAM User Guide, "Policy evaluation logic" and "Cross-account policy evaluation logic".
package func evaluate(_ request: AccessRequest, _ policies: PolicySet) throws(S3Error) -> Evaluation {
    var evaluator = Evaluator(request, policies, isTracing: false)
    return Evaluation(decision: try evaluator.decide(), trace: [])
}

/// Decides a request as ``evaluate(_:_:)`` does, and reports how each statement affected it.
package func explain(_ request: AccessRequest, _ policies: PolicySet) throws(S3Error) -> Evaluation {
    var evaluator = Evaluator(request, policies, isTracing: true)
    return Evaluation(decision: try evaluator.decide(), trace: evaluator.trace)
}

/// A request for an action on a resource.
package struct AccessRequest {
    package let principal: Principal
    /// An IAM action such as `s3:GetObject`.
    package let action: String
    /// The ARN of the bucket or object.
    package let resource: String
    /// The id of the account that owns the resource; nil if it is the principal's own.
    package let resourceAccount: String?
    package let value: Values

    /// Returns the request's values of a condition key; nil or empty if it has none. Called only for keys that a policy
    /// names.
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

    /// Whether the principal belongs to the account that owns the resource. Anonymous principals never do.
    var isWithinAccount: Bool {
        guard let account = principal.account else { return false }
        return resourceAccount.map { $0 == account.id } ?? true
    }
}

/// All policies that apply to a request.
package struct PolicySet {
    /// The policies attached to the principal: its own, and those of its groups.
    package var identity: [Policy]
    /// The permissions boundary, which limits what the identity policies can allow; nil for no limit.
    package var boundary: Policy?
    /// The session policies, which together limit the permissions of a session; nil for no limit.
    package var session: [Policy]?
    /// The policy of the requested bucket, or the trust policy of the requested role.
    package var resource: Policy?
    /// Whether the resource's policy must allow the request even within the account, as the trust policy of a role
    /// must.
    package var isResourceRequired = false
    /// Whether the resource's policy can only deny, as a bucket policy for objects that another account owns.
    package var isResourceDenialOnly = false
    /// Returns what the ACL of the bucket or object grants the principal. Called only if nothing else allows the
    /// request.
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

/// The kind of grantee through which an ACL grants a principal access.
package enum ACLGrant: Sendable {
    case none
    /// The principal's account, by canonical id or e-mail: its root has access, others need a policy of the account.
    case account
    /// A group to which the principal belongs: everyone, or everyone with keys.
    case group
}
