package import CofferAccess
import CofferModel
package import CofferService

/// A principal with the policies that apply to it.
package struct Identity: Sendable {
    package let principal: Principal
    /// Its inline and attached policies, and those of its groups.
    package var policies: [Policy] { didSet { grants = nil } }
    /// The permissions boundary, which limits what the policies may allow; nil for no limit.
    var boundary: Policy? { didSet { grants = nil } }
    /// The session policies, which together limit what the session may do; nil for no limit.
    var sessionPolicies: [Policy]? { didSet { grants = nil } }
    package var credentials = Credentials.lasting
    /// When temporary credentials were created; nil for long-term ones.
    var issued: Timestamp?
    /// `aws:SourceIdentity`: the declared identity of whoever first assumed a role.
    var sourceIdentity: String?
    /// Tags of the session that further sessions inherit.
    var transitiveTags: [SessionTag] = []
    /// What its policies always allow; nil for an identity that is made for a single request.
    package private(set) var grants: StandingGrants?

    /// The kind of credentials that sign a request. Some operations do not accept all kinds.
    package enum Credentials: Sendable {
        case lasting
        /// The credentials of GetSessionToken, GetFederationToken and AssumeRole.
        case session, federation, role
    }

    package init(
        principal: Principal, policies: [Policy], boundary: Policy? = nil, credentials: Credentials = .lasting,
        grants: StandingGrants? = nil
    ) {
        self.principal = principal
        self.policies = policies
        self.boundary = boundary
        self.credentials = credentials
        self.grants = grants
    }

    /// Whether it is the root of an account, whose permissions in that account no policy of its own limits.
    package var isUnlimitedRoot: Bool {
        guard case .root = principal else { return false }
        return policies.isEmpty && boundary == nil && sessionPolicies == nil
    }

    package static let anonymous = Identity(principal: .anonymous, policies: [], grants: StandingGrants())

    /// Returns all policies that affect a decision.
    ///
    /// - Parameter resource: the policy of the requested bucket or role.
    package func policySet(resource: Policy? = nil) -> PolicySet {
        PolicySet(identity: policies, boundary: boundary, session: sessionPolicies, resource: resource)
    }
}

extension AccessRecord {
    /// - Parameter identity: nil for an unknown caller.
    package func note(_ identity: Identity?) {
        note(identity?.principal, sourceIdentity: identity?.sourceIdentity)
    }
}
