import CofferModel

/// The `Principal` or `NotPrincipal` of a statement.
///
/// Source: IAM User Guide, "AWS JSON policy elements: Principal" and "… NotPrincipal".
struct PrincipalPatterns: Sendable {
    private(set) var isNegated = false
    private(set) var isEveryone = false
    /// Account ids and canonical user ids.
    private(set) var accounts: Set<String> = []
    /// ARNs of users, roles and sessions.
    private(set) var arns: Set<String> = []

    /// How a statement names a principal, from nothing to the principal itself. What another policy may still withhold
    /// depends on it.
    enum Match: Int, Sendable, Comparable {
        case none
        /// By its account, which leaves it to the account's own policies.
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
    /// - Throws: the kind and text of what is no principal.
    init(_ members: [(kind: String, texts: [String])], isNegated: Bool) throws(Refusal) {
        self.isNegated = isNegated
        for (kind, texts) in members {
            guard !texts.isEmpty else { throw Refusal(kind: kind, text: "") }
            for text in texts {
                guard add(kind: kind, text) else { throw Refusal(kind: kind, text: text) }
            }
        }
    }

    private init() { isEveryone = true }

    static let everyone = PrincipalPatterns()

    struct Refusal: Error {
        let kind: String
        let text: String
    }

    /// - Returns: whether it is a principal.
    private mutating func add(kind: String, _ text: String) -> Bool {
        switch kind {
        case "AWS": return add(text)
        case "CanonicalUser":
            guard text.utf8.count == 64, text.utf8.allSatisfy({ "0123456789abcdef".utf8.contains($0) }) else {
                return false
            }
            accounts.insert(text)
            return true
        // There are no other services and no identity providers: they are read, and are nobody.
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

    private mutating func add(_ text: String) -> Bool {
        if text == "*" {
            isEveryone = true
            return true
        }
        if Self.isAccount(text) {
            accounts.insert(text)
            return true
        }
        let parts = text.split(at: ":", maxSplits: 5, keepingEmpty: true)
        guard parts.count == 6, parts[0] == "arn", parts[1] == "aws", parts[3].isEmpty, Self.isAccount(parts[4]) else {
            return false
        }
        if parts[2] == "iam", parts[5] == "root" {
            accounts.insert(String(parts[4]))
            return true
        }
        guard Self.isIdentity(service: parts[2], parts[5]) else { return false }
        arns.insert(text)
        return true
    }

    /// Users, roles, and sessions, without wildcards: `user/path/name`, `assumed-role/name/session`.
    private static func isIdentity(service: Substring, _ resource: Substring) -> Bool {
        let names = resource.split(at: "/", keepingEmpty: true)
        guard names.count > 1, names.allSatisfy({ !$0.isEmpty }), !resource.contains("*"), !resource.contains("?")
        else {
            return false
        }
        switch (service, names[0]) {
        case ("iam", "user"), ("iam", "role"): return true
        case ("sts", "assumed-role"): return names.count == 3
        case ("sts", "federated-user"): return names.count == 2
        default: return false
        }
    }

    private static func isAccount(_ text: some StringProtocol) -> Bool {
        text.utf8.count == 12 && text.utf8.allSatisfy { (48...57).contains($0) }
    }

    /// How the statement's `Principal` names a principal; for a `NotPrincipal`, whether it leaves it.
    func match(_ names: PrincipalNames) -> Match {
        if isNegated { return isEveryone || exempts(names) ? .none : .everyone }
        if !arns.isEmpty {
            if let arn = names.arn, arns.contains(arn) { return .itself }
            if let role = names.role, arns.contains(role) { return .role }
        }
        if isEveryone { return .everyone }
        return has(names.account) ? .account : .none
    }

    /// Whether a `NotPrincipal` names all that a principal is: its account, its role, and itself.
    private func exempts(_ names: PrincipalNames) -> Bool {
        guard has(names.account) else { return false }
        return names.isRoot || [names.role, names.arn].allSatisfy { $0.map(arns.contains) ?? true }
    }

    private func has(_ account: Account?) -> Bool {
        guard let account, !accounts.isEmpty else { return false }
        return accounts.contains(account.id) || accounts.contains(account.canonicalID)
    }
}

/// What statements may call a principal, told once for a request.
struct PrincipalNames {
    let account: Account?
    let arn: String?
    /// The ARN of the role that a session is of.
    let role: String?
    let isRoot: Bool

    init(_ principal: Principal) {
        account = principal.account
        arn = principal.arn
        if case .assumedRole(let session) = principal { role = session.role.arn } else { role = nil }
        if case .root = principal { isRoot = true } else { isRoot = false }
    }
}
