import CofferModel

/// The evaluation of one request: it checks every policy that applies, and combines the results.
struct Evaluator {
    private let request: AccessRequest
    private let values: RequestValues
    private let policies: PolicySet
    private let action: String
    private let names: PrincipalNames
    private let isTracing: Bool
    private(set) var trace: [StatementTrace] = []
    /// The first statement that denies the request.
    private var denial: StatementReference?

    init(_ request: AccessRequest, _ policies: PolicySet, isTracing: Bool) {
        self.request = request
        values = RequestValues(request.value)
        self.policies = policies
        self.isTracing = isTracing
        action = request.action.lowercased()
        names = PrincipalNames(request.principal)
    }

    /// The statement of some policies that allows a request, if any.
    private struct Grant {
        var match = PrincipalPatterns.Match.none
        var statement: StatementReference?

        var isAllowed: Bool { statement != nil }
    }

    mutating func decide() throws(S3Error) -> Decision {
        var resource = try policies.resource.map { policy throws(S3Error) in try scan([policy], .resource) }
        if policies.isResourceDenialOnly { resource = nil }
        let isOwnersWayOut = isOwnersWayOut
        if isOwnersWayOut { denial = nil }
        // Nothing can change a denial; only a trace needs the other policies.
        if let denial, !isTracing { return .denied(by: denial) }
        let identity = try scan(policies.identity, .identity)
        let boundary = try policies.boundary.map { policy throws(S3Error) in try scan([policy], .boundary) }
        let session = try policies.session.map { policies throws(S3Error) in try scan(policies, .session) }
        if let denial { return .denied(by: denial) }
        let limit: Decision.Side? =
            boundary?.isAllowed == false ? .boundary : session?.isAllowed == false ? .sessionPolicies : nil
        let basis: Decision.Basis? = names.isRoot ? .root : identity.statement.map { .statement($0) }
        return request.isWithinAccount
            ? try decideWithin(resource ?? Grant(), basis, limit: limit)
            : try decideAcross(resource ?? Grant(), basis, limit: limit)
    }

    /// Decides a request within an account, where either side is sufficient.
    private func decideWithin(
        _ resource: Grant, _ identity: Decision.Basis?, limit: Decision.Side?
    ) throws(S3Error) -> Decision {
        if policies.isResourceRequired {
            guard resource.statement != nil else { return .notAllowed(by: .resource) }
            guard resource.match > .account || identity != nil else { return .notAllowed(by: .identityPolicies) }
        }
        if let statement = resource.statement {
            // A statement that names a user or session itself is not limited by the boundary or the session policies.
            if resource.match == .itself { return .allowed(by: .statement(statement)) }
            if resource.match > .account, limit == nil { return .allowed(by: .statement(statement)) }
        }
        if let identity, limit == nil { return .allowed(by: identity) }
        if limit == nil, try policies.acl() == .group { return .allowed(by: .acl) }
        return .notAllowed(by: identity != nil || resource.match > .account ? limit ?? .anyPolicy : .anyPolicy)
    }

    /// Decides a request across accounts, where both sides must allow it; anonymous requests have only one side.
    private func decideAcross(
        _ resource: Grant, _ identity: Decision.Basis?, limit: Decision.Side?
    ) throws(S3Error) -> Decision {
        let isAnonymous = names.account == nil
        if !isAnonymous {
            guard identity != nil else { return .notAllowed(by: .identityPolicies) }
            if let limit { return .notAllowed(by: limit) }
        }
        if let statement = resource.statement { return .allowed(by: .statement(statement)) }
        switch try policies.acl() {
        case .group: return .allowed(by: .acl)
        case .account where !isAnonymous: return .allowed(by: .acl)
        case .account, .none: return .notAllowed(by: isAnonymous ? .anyPolicy : .resource)
        }
    }

    /// Whether the request is one that its account's root is never denied: to read, replace or delete the bucket
    /// policy, so that the root cannot lock itself out permanently.
    ///
    /// Source: S3 API Reference, PutBucketPolicy.
    private var isOwnersWayOut: Bool {
        names.isRoot && request.isWithinAccount
            && ["s3:getbucketpolicy", "s3:putbucketpolicy", "s3:deletebucketpolicy"].contains(action)
    }

    // MARK: Statements

    /// Finds the first statement that denies the request, and the one that allows it most directly.
    private mutating func scan(_ policies: [Policy], _ source: PolicySource) throws(S3Error) -> Grant {
        var grant = Grant()
        for policy in policies {
            for (index, statement) in policy.statements.enumerated() {
                // Outside of resource policies all grants are equal, so the first is enough.
                if statement.isAllow, grant.isAllowed, !isTracing, source != .resource { continue }
                let match = try match(statement, source)
                if isTracing {
                    let reference = StatementReference(source, policy, index)
                    trace.append(
                        StatementTrace(
                            statement: reference, isAllow: statement.isAllow, outcome: try outcome(statement, source)))
                }
                guard match > .none else { continue }
                if !statement.isAllow {
                    denial = denial ?? StatementReference(source, policy, index)
                } else if match > grant.match {
                    grant = Grant(match: match, statement: StatementReference(source, policy, index))
                }
            }
        }
        return grant
    }

    /// Returns how a statement names the principal; none if it does not apply to the request.
    private func match(_ statement: Policy.Statement, _ source: PolicySource) throws(S3Error) -> PrincipalPatterns.Match
    {
        guard try statement.concerns(action: action, values) else { return .none }
        guard try statement.concerns(resource: request.resource, values) else { return .none }
        let match = statement.match(names, source)
        guard match > .none else { return .none }
        for condition in statement.conditions {
            guard try condition.holds(isAllow: statement.isAllow, values) else { return .none }
        }
        return match
    }

    /// Returns the result of matching a statement, for the trace.
    private func outcome(
        _ statement: Policy.Statement, _ source: PolicySource
    ) throws(S3Error) -> StatementTrace.Outcome {
        guard try statement.concerns(action: action, values) else { return .otherAction }
        guard try statement.concerns(resource: request.resource, values) else { return .otherResource }
        guard statement.match(names, source) > .none else { return .otherPrincipal }
        for condition in statement.conditions {
            guard try condition.holds(isAllow: statement.isAllow, values) else {
                return .condition(
                    operator: condition.name, key: condition.key.text, expected: condition.values,
                    actual: try values(condition.key))
            }
        }
        return .matched
    }
}

extension StatementReference {
    fileprivate init(_ source: PolicySource, _ policy: Policy, _ index: Int) {
        self.init(source: source, policy: policy.name, index: index, id: policy.statements[index].id)
    }
}

extension Policy.Statement {
    /// Returns how the statement names the principal. Policies that are attached to the principal have no principals
    /// and always match.
    fileprivate func match(_ names: PrincipalNames, _ source: PolicySource) -> PrincipalPatterns.Match {
        guard source == .resource else { return .itself }
        return principals?.match(names) ?? .none
    }

    /// - Parameter action: the action in lower case.
    func concerns(action: String) -> Bool {
        for index in actions.indices where actions[index].matches(action) { return !isNotAction }
        return isNotAction
    }

    fileprivate func concerns(action: String, _ value: RequestValues) throws(S3Error) -> Bool {
        for index in actions.indices where try value.match(actions[index], action) { return !isNotAction }
        return isNotAction
    }

    /// Whether the statement applies to a resource. If a resource is undecidable because a variable has no value, an
    /// `Allow` does not apply, and a `Deny` with `NotResource` does.
    func concerns(resource: String, _ value: RequestValues) throws(S3Error) -> Bool {
        guard let resources else { return true }
        var isComplete = true
        for index in resources.indices {
            switch try resources[index].matches(resource, value) {
            case true?: return !isNotResource
            case false?: continue
            case nil: isComplete = false
            }
        }
        return isNotResource && (isComplete || !isAllow)
    }
}
