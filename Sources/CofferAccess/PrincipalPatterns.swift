import CofferModel

/// The `Principal` or `NotPrincipal` of a statement.
struct PrincipalPatterns: Sendable {
    private var isNegated: Bool
    private var isEveryone = false
    private var accounts: Set<String> = []
    private var arns: Set<String> = []
    private var canonicalIDs: Set<String> = []

    /// - Throws: `MalformedPolicy` if there is none, both, or one of another shape.
    init(_ members: [String: JSONValue]) throws(S3Error) {
        isNegated = members["Principal"] == nil
        guard let value = members["Principal"] ?? members["NotPrincipal"] else {
            throw Policy.malformed("Missing required field Principal")
        }
        guard members["Principal"] == nil || members["NotPrincipal"] == nil else {
            throw Policy.malformed("A statement has either Principal or NotPrincipal")
        }
        guard !isNegated || members["Effect"]?.strings == ["Deny"] else {
            throw Policy.malformed("NotPrincipal goes with Deny only: with Allow it would let in everyone else")
        }
        if case .string("*") = value {
            isEveryone = true
            return
        }
        guard let kinds = value.object, !kinds.isEmpty else { throw Self.invalid }
        for (kind, value) in kinds {
            guard let texts = value.strings, !texts.isEmpty else { throw Self.invalid }
            for text in texts { try add(kind: kind, text) }
        }
    }

    private static var invalid: S3Error { Policy.malformed("Invalid principal in policy") }

    private mutating func add(kind: String, _ text: String) throws(S3Error) {
        switch kind {
        case "AWS" where text == "*": isEveryone = true
        case "AWS" where Self.isAccount(text): accounts.insert(text)
        case "AWS":
            let parts = text.split(at: ":", maxSplits: 5, keepingEmpty: true)
            guard parts.count == 6, parts[..<4] == ["arn", "aws", "iam", ""], Self.isAccount(parts[4]) else {
                throw Self.invalid
            }
            if parts[5] == "root" {
                accounts.insert(String(parts[4]))
            } else if parts[5].hasPrefix("user/"), !parts[5].contains("*") {
                arns.insert(text)
            } else {
                throw Self.invalid
            }
        case "CanonicalUser": canonicalIDs.insert(text)
        default: throw Self.invalid
        }
    }

    private static func isAccount(_ text: some StringProtocol) -> Bool {
        text.utf8.count == 12 && text.utf8.allSatisfy { (48...57).contains($0) }
    }

    /// - Parameter isAllow: an account as principal of an allowing statement means the account itself, whose users
    ///   need a policy of their own; a denying one means all of them.
    func matches(_ principal: Principal, isAllow: Bool) -> Bool {
        let isNamed =
            isEveryone || principal.arn.map(arns.contains) == true
            || principal.account.map { names($0, principal: principal, isAllow: isAllow != isNegated) } == true
        return isNamed != isNegated
    }

    private func names(_ account: Account, principal: Principal, isAllow: Bool) -> Bool {
        guard accounts.contains(account.id) || canonicalIDs.contains(account.canonicalID) else { return false }
        if case .root = principal { return true }
        return !isAllow
    }
}
