import CofferAccess
import CofferModel

/// The identities of sessions.
extension IdentitySnapshot {
    /// Returns the identity that temporary credentials represent; nil if it no longer exists.
    func identity(of session: Session) -> Identity? {
        let claims = session.claims
        guard var identity = holder(of: claims) else { return nil }
        identity.issued = Timestamp(seconds: claims.issued)
        identity.sourceIdentity = claims.sourceIdentity
        identity.transitiveTags = claims.tags?.filter(\.isTransitive) ?? []
        var policies = session.policies
        // A deleted managed policy allows nothing.
        policies += claims.policyARNs.compactMap { policy(arn: $0) }
        // Without session policies, a federated user may do nothing on the strength of the user's policies.
        let isLimited = claims.kind == .federation || !session.policies.isEmpty || !claims.policyARNs.isEmpty
        if isLimited { identity.sessionPolicies = policies }
        return identity
    }

    /// Returns the identity without the limits of the session policies.
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

    /// Returns whether a root session is still valid, that is, whether the root's key is the one it was created with.
    private func isRoots(_ claims: SessionClaims) -> Bool { root != nil && claims.rootMark == root?.mark }
}

extension Identity {
    /// Returns an identity with the root's permissions, for sessions that the root creates.
    fileprivate static func root(_ account: Account) -> Identity {
        Identity(principal: .root(account), policies: [ManagedPolicy.administratorAccess.policy])
    }
}
