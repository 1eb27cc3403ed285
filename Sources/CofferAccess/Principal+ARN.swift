import CofferModel

extension Principal {
    /// Creates the principal that an ARN of IAM or STS names, in an account created from its id. The unique ids are
    /// unknown.
    ///
    /// - Returns: nil for text that does not name a principal.
    ///
    /// Source: IAM User Guide, "IAM ARNs".
    package init?(arn text: String, account: (_ id: String) -> Account) {
        guard let arn = ARN(text), arn.isGlobal, Account.isID(arn.account) else { return nil }
        let account = account(arn.account)
        let names = arn.resource.split(at: "/", keepingEmpty: true).map(String.init)
        guard !names.dropFirst().contains("") else { return nil }
        switch (arn.service, names.first, names.count) {
        case ("iam", "root", 1): self = .root(account)
        case ("iam", "user", 2...):
            let path = (["/"] + names[1..<(names.count - 1)].map { $0 + "/" }).joined()
            self = .user(User(name: names[names.count - 1], path: path, account: account))
        case ("sts", "assumed-role", 3):
            let role = Role(name: names[1], path: "/", id: "AROA", account: account)
            self = .assumedRole(RoleSession(role: role, name: names[2]))
        case ("sts", "federated-user", 2):
            self = .federatedUser(FederatedUser(name: names[1], account: account, tags: [:]))
        default: return nil
        }
    }

    /// Returns the value of a condition key that concerns the principal; nil for other keys.
    ///
    /// - Parameter tag: the key of a tag, in any case; an exact match is preferred.
    package func value(of name: ConditionKey.Name, tag: String?) -> String? {
        switch name {
        case .principalAccount: account?.id
        case .principalARN: identityARN
        // No services act here, for themselves or on behalf of callers: denying all except services denies everyone.
        case .principalIsAWSService: self == .anonymous ? nil : "false"
        case .viaAWSService: "false"
        case .principalTag: tag.flatMap { tags[$0] ?? value(ofTag: $0.lowercased()) }
        case .principalType: type
        case .userID: userID
        case .userName: userName
        default: nil
        }
    }

    private func value(ofTag key: String) -> String? { tags.first { $0.key.lowercased() == key }?.value }
}
