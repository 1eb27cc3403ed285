import CofferAccess
import CofferModel

/// A principal with the policies that apply to it.
struct Identity: Sendable {
    let principal: Principal
    /// Its inline and attached policies, and those of its groups.
    var policies: [Policy]
    /// The permissions boundary, which limits what the policies may allow; nil for no limit.
    var boundary: Policy?
    /// The session policies, which together limit what the session may do; nil for no limit.
    var sessionPolicies: [Policy]?
    var credentials = Credentials.lasting
    /// When temporary credentials were created; nil for long-term ones.
    var issued: Timestamp?
    /// `aws:SourceIdentity`: the declared identity of whoever first assumed a role.
    var sourceIdentity: String?
    /// Tags of the session that further sessions inherit.
    var transitiveTags: [SessionTag] = []

    /// The kind of credentials that sign a request. Some operations do not accept all kinds.
    enum Credentials: Sendable {
        case lasting
        /// The credentials of GetSessionToken, GetFederationToken and AssumeRole.
        case session, federation, role
    }

    static let anonymous = Identity(principal: .anonymous, policies: [])

    /// Returns all policies that affect a decision.
    ///
    /// - Parameter resource: the policy of the requested bucket or role.
    func policySet(resource: Policy? = nil) -> PolicySet {
        PolicySet(identity: policies, boundary: boundary, session: sessionPolicies, resource: resource)
    }
}
