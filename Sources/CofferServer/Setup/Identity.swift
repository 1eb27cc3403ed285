import CofferAccess
import CofferModel

/// A principal with the policies that hold for it.
struct Identity: Sendable {
    let principal: Principal
    /// Its own, those attached to it, and those of its groups.
    var policies: [Policy]
    /// The most that they may allow; nil for no such limit.
    var boundary: Policy?
    /// Of a session, which has no more than they allow together; nil for no such limit.
    var sessionPolicies: [Policy]?
    var credentials = Credentials.lasting
    /// When temporary credentials were made; nil for lasting ones.
    var issued: Timestamp?
    /// `aws:SourceIdentity`: who first assumed a role, as that was told.
    var sourceIdentity: String?
    /// Tags of the session that further sessions inherit.
    var transitiveTags: [SessionTag] = []

    /// What kind of credentials a request is signed with: some operations are not for all of them.
    enum Credentials: Sendable {
        case lasting
        /// Of GetSessionToken, GetFederationToken and AssumeRole.
        case session, federation, role
    }

    static let anonymous = Identity(principal: .anonymous, policies: [])

    /// All that has a say in what it asks for.
    ///
    /// - Parameter resource: the policy of the bucket or role that is asked for.
    func policySet(resource: Policy? = nil) -> PolicySet {
        PolicySet(identity: policies, boundary: boundary, session: sessionPolicies, resource: resource)
    }
}
