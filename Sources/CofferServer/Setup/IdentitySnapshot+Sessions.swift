import CofferAccess
import CofferModel

/// Whom sessions are of.
extension IdentitySnapshot {
    /// Whom temporary credentials stand for; nil if they are gone.
    func identity(of session: Session) -> Identity? {
        let claims = session.claims
        guard var identity = holder(of: claims) else { return nil }
        identity.issued = Timestamp(seconds: claims.issued)
        identity.sourceIdentity = claims.sourceIdentity
        identity.transitiveTags = claims.tags?.filter(\.isTransitive) ?? []
        var policies = session.policies
        // A managed policy that is gone allows nothing.
        policies += claims.policyARNs.compactMap { policy(arn: $0) }
        // A federated user without policies of the session may do nothing by the user's.
        let isLimited = claims.kind == .federation || !session.policies.isEmpty || !claims.policyARNs.isEmpty
        if isLimited { identity.sessionPolicies = policies }
        return identity
    }

    /// Without the limits of the session's own policies.
    private func holder(of claims: SessionClaims) -> Identity? {
        switch claims.kind {
        case .role:
            guard let role = roles[claims.holderID] else { return nil }
            return role.identity(session: claims.name, tags: claims.principalTags(over:))
        case .session:
            guard claims.holderID != account.id else {
                guard isRoots(claims) else { return nil }
                return Identity(principal: .root(account), policies: [], credentials: .session)
            }
            guard var identity = users[claims.holderID] else { return nil }
            identity.credentials = .session
            return identity
        case .federation:
            let root = isRoots(claims) ? Identity.root(account) : nil
            guard let user = claims.holderID == account.id ? root : users[claims.holderID] else { return nil }
            let tags = claims.principalTags(over: user.principal.tags)
            return Identity(
                principal: .federatedUser(FederatedUser(name: claims.name, account: account, tags: tags)),
                policies: user.policies, boundary: user.boundary, credentials: .federation)
        }
    }

    /// Whether a session is of the root as long as its key is the one that it was made with.
    private func isRoots(_ claims: SessionClaims) -> Bool { root != nil && claims.rootMark == root?.mark }
}

extension Identity {
    /// What the root of an account may do, for those who act for it.
    fileprivate static func root(_ account: Account) -> Identity {
        Identity(principal: .root(account), policies: [ManagedPolicy.administratorAccess.policy])
    }
}
