/// What a request wants to do.
package struct AccessRequest {
    package let principal: Principal
    /// An IAM action such as `s3:GetObject`.
    package let action: String
    /// The ARN of the bucket or object.
    package let resource: String
    /// The request's value of a condition key, whose name is given in lower case.
    package let value: (_ key: String) -> String?

    package init(
        principal: Principal, action: String, resource: String, value: @escaping (_ key: String) -> String?
    ) {
        self.principal = principal
        self.action = action
        self.resource = resource
        self.value = value
    }
}

/// What was decided, and by what.
package enum Decision: Sendable, Equatable {
    case allowed(by: String)
    case denied(by: String)
    /// No statement allows it.
    case notAllowed

    package var isAllowed: Bool {
        if case .allowed = self { true } else { false }
    }
}

/// Decides a request as AWS does within one account: what is explicitly denied is denied, what is allowed is allowed,
/// all else is denied.
///
/// - Parameters:
///   - identityPolicies: the policies attached to the principal.
///   - bucketPolicy: the policy of the bucket that is asked for.
///
/// Source: IAM User Guide, "Policy evaluation logic".
package func evaluate(_ request: AccessRequest, identityPolicies: [Policy], bucketPolicy: Policy?) -> Decision {
    let action = request.action.lowercased()
    let bucketStatements = bucketPolicy?.statements ?? []
    let matching = bucketStatements.filter { $0.applies(to: request, action: action, checksPrincipal: true) }
    let own = identityPolicies.flatMap(\.statements).filter {
        $0.applies(to: request, action: action, checksPrincipal: false)
    }
    if let denial = (matching + own).first(where: { !$0.isAllow }), !isOwnersWayOut(request) {
        return .denied(by: denial.id ?? "a statement without Sid")
    }
    if case .root = request.principal { return .allowed(by: "the root of the account") }
    if let grant = matching.first(where: \.isAllow) { return .allowed(by: grant.id ?? "the bucket policy") }
    if own.contains(where: \.isAllow) { return .allowed(by: "a policy of the user") }
    return .notAllowed
}

/// Whether a bucket's policy lets anonymous requests do something with any of its keys at all, under whatever condition.
package func mayEverAllowAnonymous(_ action: String, bucketPolicy: Policy?) -> Bool {
    let action = action.lowercased()
    return bucketPolicy?.statements.contains { statement in
        statement.isAllow && statement.principals?.matches(.anonymous, isAllow: true) == true
            && statement.actions.contains { $0.matches(action) } != statement.isNotAction
    } ?? false
}

/// Whether a bucket's policy lets anonymous requests do something with a resource whatever else they say: by a statement
/// without conditions, and with none that could deny it.
package func alwaysAllowsAnonymous(_ action: String, on resource: String, bucketPolicy: Policy?) -> Bool {
    let action = action.lowercased()
    let matching = bucketPolicy?.statements.filter { $0.concerns(action: action, resource: resource) } ?? []
    return matching.allSatisfy(\.isAllow)
        && matching.contains { $0.conditions.isEmpty && $0.principals?.matches(.anonymous, isAllow: true) == true }
}

/// The account's root may always read, replace and delete a bucket's policy, lest it lock itself out for ever.
private func isOwnersWayOut(_ request: AccessRequest) -> Bool {
    guard case .root = request.principal else { return false }
    return ["s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"].contains(request.action)
}

extension Policy.Statement {
    fileprivate func applies(to request: AccessRequest, action: String, checksPrincipal: Bool) -> Bool {
        guard concerns(action: action, resource: request.resource) else { return false }
        if checksPrincipal {
            guard let principals, principals.matches(request.principal, isAllow: isAllow) else { return false }
        }
        return conditions.allSatisfy { $0.holds(request.value) }
    }

    fileprivate func concerns(action: String, resource: String) -> Bool {
        actions.contains { $0.matches(action) } != isNotAction
            && resources.contains { $0.matches(resource) } != isNotResource
    }
}
