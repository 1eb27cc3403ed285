import CofferModel

/// The `Principal` or `NotPrincipal` of a statement.
///
/// Source: IAM User Guide, "AWS JSON policy elements: Principal" and "… NotPrincipal".
struct PrincipalPatterns: Sendable {
    private(set) var isNegated = false
    private(set) var isEveryone = false
    /// Account ids and canonical user ids.
    private(set) var accounts: Set<String> = []
    /// Unique ids of users and roles, by their names in the policy.
    private(set) var idsByName: [String: String] = [:]
    private var ids: Set<String> = []
    /// ARNs of sessions, and of users and roles without a saved unique id.
    private(set) var arns: Set<String> = []

    /// How directly a statement names a principal, in ascending order. It determines which other policies can still
    /// limit the principal.
    enum Match: Int, Sendable, Comparable {
        case none
        /// By its account, which leaves the decision to the account's own policies.
        case account
        case everyone
        /// By the role that it has assumed.
        case role
        /// By its own ARN.
        case itself

        static func < (left: Match, right: Match) -> Bool { left.rawValue < right.rawValue }
    }

    /// Reads the members of `Principal` or `NotPrincipal`.
    ///
    /// - Throws: the kind and text of an invalid principal.
    init(
        _ members: [(kind: String, texts: [String])], isNegated: Bool, _ principals: PrincipalIDs
    ) throws(Refusal) {
        self.isNegated = isNegated
        for (kind, texts) in members {
            guard !texts.isEmpty else { throw Refusal(kind: kind, text: "") }
            for text in texts {
                guard add(kind: kind, text, principals) else { throw Refusal(kind: kind, text: text) }
            }
        }
    }

    private init() { isEveryone = true }

    static let everyone = PrincipalPatterns()

    struct Refusal: Error {
        let kind: String
        let text: String
    }

    /// - Returns: whether the text is a valid principal.
    private mutating func add(kind: String, _ text: String, _ principals: PrincipalIDs) -> Bool {
        switch kind {
        case "AWS": return add(text, principals)
        case "CanonicalUser":
            guard text.utf8.count == 64, text.utf8.allSatisfy({ "0123456789abcdef".utf8.contains($0) }) else {
                return false
            }
            accounts.insert(text)
            return principals.hasAccount(canonicalID: text)
        // There are no other services and no identity providers here: such principals are accepted and match no caller.
        case "Service": return text.hasSuffix(".amazonaws.com") && !text.contains("*")
        case "Federated":
            return text.hasPrefix("arn:aws:iam::")
                || [
                    "cognito-identity.amazonaws.com", "accounts.google.com",
                    "graph.facebook.com", "www.amazon.com",
                ].contains(text)
        default: return false
        }
    }

    private mutating func add(_ text: String, _ principals: PrincipalIDs) -> Bool {
        if text == "*" {
            isEveryone = true
            return true
        }
        if Account.isID(text) {
            accounts.insert(text)
            return principals.hasAccount(text)
        }
        if PrincipalIDs.isUniqueID(text) {
            add(id: text, named: text)
            return principals.hasUniqueID(text)
        }
        guard let arn = ARN(text), arn.isGlobal, Account.isID(arn.account) else { return false }
        if arn.isRoot {
            accounts.insert(arn.account)
            return principals.hasAccount(arn.account)
        }
        guard Self.isIdentity(arn) else { return false }
        guard arn.service == "iam" else {
            arns.insert(text)
            return principals.hasAccount(arn.account)
        }
        switch principals.identifier(of: text) {
        case .id(let id)?: add(id: id, named: text)
        case .arn(let arn)?: arns.insert(arn)
        case nil: return false
        }
        return true
    }

    private mutating func add(id: String, named name: String) {
        idsByName[name] = id
        ids.insert(id)
    }

    /// Whether an ARN names a user, role or session without wildcards: `user/path/name`, `assumed-role/name/session`.
    private static func isIdentity(_ arn: ARN) -> Bool {
        let names = arn.resource.split(at: "/", keepingEmpty: true)
        guard names.count > 1, names.allSatisfy({ !$0.isEmpty }), !arn.resource.contains("*"),
            !arn.resource.contains("?")
        else {
            return false
        }
        switch (arn.service, names[0]) {
        case ("iam", "user"), ("iam", "role"): return true
        case ("sts", "assumed-role"): return names.count == 3
        case ("sts", "federated-user"): return names.count == 2
        default: return false
        }
    }

    /// Returns how the statement's `Principal` names a principal. A `NotPrincipal` that does not exempt a principal
    /// names it as part of everyone.
    func match(_ names: PrincipalNames) -> Match {
        if isNegated { return isEveryone || exempts(names) ? .none : .everyone }
        if hasIdentity(names) { return .itself }
        if hasRole(names) { return .role }
        if isEveryone { return .everyone }
        return has(names.account) ? .account : .none
    }

    /// Whether a `NotPrincipal` names all identities of a principal: its account, its role, and itself.
    private func exempts(_ names: PrincipalNames) -> Bool {
        guard has(names.account) else { return false }
        return names.isRoot || ((names.role == nil || hasRole(names)) && hasIdentity(names))
    }

    private func hasIdentity(_ names: PrincipalNames) -> Bool {
        if !ids.isEmpty, let id = names.id, ids.contains(id) { return true }
        if !arns.isEmpty, let arn = names.arn { return arns.contains(arn) }
        return false
    }

    private func hasRole(_ names: PrincipalNames) -> Bool {
        guard let role = names.role else { return false }
        return ids.contains(role.id) || arns.contains(role.arn)
    }

    private func has(_ account: Account?) -> Bool {
        guard let account, !accounts.isEmpty else { return false }
        return accounts.contains(account.id) || accounts.contains(account.canonicalID)
    }
}

/// The names of a principal in statements, determined once for a request.
struct PrincipalNames {
    let account: Account?
    let arn: String?
    /// The unique id of a user.
    let id: String?
    /// The role of a session.
    let role: (arn: String, id: String)?
    let isRoot: Bool

    init(_ principal: Principal) {
        account = principal.account
        arn = principal.arn
        if case .user(let user) = principal { id = user.id } else { id = nil }
        if case .assumedRole(let session) = principal {
            role = (session.role.arn, session.role.id)
        } else {
            role = nil
        }
        if case .root = principal { isRoot = true } else { isRoot = false }
    }
}
