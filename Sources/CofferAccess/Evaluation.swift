/// The decision on a request, and how it was reached.
package struct Evaluation: Sendable {
    package let decision: Decision
    /// Every statement that was checked, in the order of the policies; filled only by ``explain(_:_:)``.
    package let trace: [StatementTrace]

    package var isAllowed: Bool { decision.isAllowed }
}

package enum Decision: Sendable, Equatable {
    case allowed(by: Basis)
    /// Denied by a statement whose effect is `Deny`.
    case denied(by: StatementReference)
    /// Nothing denies the request, but a policy that must allow it does not.
    case notAllowed(by: Side)

    package var isAllowed: Bool {
        if case .allowed = self { true } else { false }
    }

    /// Whether a statement denies the request, so that nothing can allow it.
    package var isDenied: Bool {
        if case .denied = self { true } else { false }
    }

    /// The reason why a request is allowed.
    package enum Basis: Sendable, Equatable {
        case root
        case statement(StatementReference)
        case acl
    }

    /// The policies that would have to allow a request, but do not.
    package enum Side: Sendable, Equatable {
        /// The principal's policies and the resource's policy or ACL, one of which would be sufficient.
        case anyPolicy
        /// The principal's policies, although the resource of another account allows the request.
        case identityPolicies
        case boundary
        case sessionPolicies
        /// The policy or ACL of a resource that another account owns, or the trust policy of a role.
        case resource
    }
}

/// A reference to a statement of one of the evaluated policies.
package struct StatementReference: Sendable, Equatable {
    package let source: PolicySource
    /// The policy's name, if a principal may have several.
    package let policy: String?
    /// The statement's index, counted from zero.
    package let index: Int
    /// The statement's `Sid`.
    package let id: String?
}

/// The role of a policy in a ``PolicySet``.
package enum PolicySource: String, Sendable {
    case identity = "identity policy"
    case boundary = "permissions boundary"
    case session = "session policy"
    case resource = "resource policy"
}

/// How a statement affected a request.
package struct StatementTrace: Sendable {
    package let statement: StatementReference
    package let isAllow: Bool
    package let outcome: Outcome

    package enum Outcome: Sendable, Equatable {
        case matched
        case otherPrincipal
        case otherAction
        case otherResource
        /// - Parameters:
        ///   - expected: the policy's values.
        ///   - actual: the request's values; nil if it has none.
        case condition(operator: String, key: String, expected: [String], actual: [String]?)
    }
}

// MARK: Descriptions

extension StatementReference: CustomStringConvertible {
    /// `statement "Shut" of the resource policy`.
    package var description: String {
        let statement = id.flatMap { $0.isEmpty ? nil : "statement \"\($0)\"" } ?? "statement \(index + 1)"
        return "\(statement) of the \(source.rawValue)" + (policy.map { " \($0)" } ?? "")
    }
}

extension Decision: CustomStringConvertible {
    package var description: String {
        switch self {
        case .allowed(.root): "allowed: the root of an account may do everything in it"
        case .allowed(.acl): "allowed by the ACL"
        case .allowed(.statement(let statement)): "allowed by \(statement)"
        case .denied(let statement): "denied by \(statement)"
        case .notAllowed(.anyPolicy): "not allowed: no identity policy, resource policy or ACL allows it"
        case .notAllowed(.identityPolicies): "not allowed: an identity policy must allow it, but none does"
        case .notAllowed(.boundary): "not allowed: the permissions boundary does not allow it"
        case .notAllowed(.sessionPolicies): "not allowed: no session policy allows it"
        case .notAllowed(.resource): "not allowed: the resource's policy or ACL must allow it, but does not"
        }
    }
}

extension StatementTrace: CustomStringConvertible {
    package var description: String { "\(isAllow ? "Allow" : "Deny"), \(statement): \(outcome)" }
}

extension StatementTrace.Outcome: CustomStringConvertible {
    package var description: String {
        switch self {
        case .matched: "matches"
        case .otherPrincipal: "applies to other principals"
        case .otherAction: "applies to other actions"
        case .otherResource: "applies to other resources"
        case .condition(let name, let key, let expected, let actual):
            "the condition \(name) \(key) \(expected) is not met: the request has "
                + (actual.map { "\($0)" } ?? "no value")
        }
    }
}
