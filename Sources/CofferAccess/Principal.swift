/// The caller of a request.
///
/// Source: IAM User Guide, "IAM identifiers" and "AWS JSON policy elements: Principal".
package enum Principal: Sendable, Hashable {
    case anonymous
    /// The account's root, which may do everything in the account that no bucket policy denies.
    case root(Account)
    case user(User)
    /// A caller that has assumed a role.
    case assumedRole(RoleSession)
    /// A caller for whom a user requested a federation token.
    case federatedUser(FederatedUser)

    package static func user(name: String, _ account: Account) -> Principal {
        .user(User(name: name, account: account))
    }

    package var account: Account? {
        switch self {
        case .anonymous: nil
        case .root(let account): account
        case .user(let user): user.account
        case .assumedRole(let session): session.role.account
        case .federatedUser(let user): user.account
        }
    }

    /// The ARN that GetCallerIdentity returns.
    package var arn: String? {
        switch self {
        case .anonymous: nil
        case .root(let account): "arn:aws:iam::\(account.id):root"
        case .user(let user): user.arn
        case .assumedRole(let session): session.arn
        case .federatedUser(let user): user.arn
        }
    }

    /// `aws:PrincipalArn`: for a caller that has assumed a role, the ARN of the role and not of the session.
    package var identityARN: String? {
        if case .assumedRole(let session) = self { session.role.arn } else { arn }
    }

    /// `aws:userid`.
    ///
    /// Source: IAM User Guide, "Principal key values".
    package var userID: String? {
        switch self {
        case .anonymous: "anonymous"
        case .root(let account): account.id
        case .user(let user): user.id
        case .assumedRole(let session): "\(session.role.id):\(session.name)"
        case .federatedUser(let user): "\(user.account.id):\(user.name)"
        }
    }

    /// `aws:PrincipalType`.
    package var type: String {
        switch self {
        case .anonymous: "Anonymous"
        case .root: "Account"
        case .user: "User"
        case .assumedRole: "AssumedRole"
        case .federatedUser: "FederatedUser"
        }
    }

    /// `aws:PrincipalTag/…`: the tags of the user or role, and those given to its session.
    package var tags: [String: String] {
        switch self {
        case .anonymous, .root: [:]
        case .user(let user): user.tags
        case .assumedRole(let session): session.tags
        case .federatedUser(let user): user.tags
        }
    }

    /// The name in logs. No user can choose a name that looks like another kind of caller.
    package var name: String {
        switch self {
        case .anonymous: "anonymous"
        case .root: "root"
        case .user(let user): ["anonymous", "root", "-"].contains(user.name) ? "user:\(user.name)" : user.name
        case .assumedRole(let session): "\(session.role.name)/\(session.name)"
        case .federatedUser(let user): "federated-user:\(user.name)"
        }
    }

    /// `aws:username`, which only users have.
    package var userName: String? {
        if case .user(let user) = self { user.name } else { nil }
    }
}

/// An account, which owns buckets and users.
package struct Account: Sendable, Hashable {
    /// The account id, twelve digits.
    package let id: String
    /// The canonical user id of owners in listings, 64 hexadecimal digits.
    package let canonicalID: String

    package init(id: String, canonicalID: String) {
        self.id = id
        self.canonicalID = canonicalID
    }

    /// Whether a text has the format of an account id: twelve digits.
    package static func isID(_ text: some StringProtocol) -> Bool {
        text.utf8.count == 12 && text.utf8.allSatisfy { (48...57).contains($0) }
    }
}

/// A user of an account.
package struct User: Sendable, Hashable {
    package let name: String
    /// Begins and ends with a slash.
    package let path: String
    /// The unique id, `AIDA…`; nil if the user has none.
    package let id: String?
    package let account: Account
    package let tags: [String: String]

    package init(
        name: String, path: String = "/", id: String? = nil, account: Account, tags: [String: String] = [:]
    ) {
        self.name = name
        self.path = path
        self.id = id
        self.account = account
        self.tags = tags
    }

    package var arn: String { "arn:aws:iam::\(account.id):user\(path)\(name)" }
}

/// A role of an account.
package struct Role: Sendable, Hashable {
    package let name: String
    /// Begins and ends with a slash.
    package let path: String
    /// The unique id, `AROA…`.
    package let id: String
    package let account: Account

    package init(name: String, path: String = "/", id: String, account: Account) {
        self.name = name
        self.path = path
        self.id = id
        self.account = account
    }

    package var arn: String { "arn:aws:iam::\(account.id):role\(path)\(name)" }
}

/// A session of a role that a caller has assumed.
package struct RoleSession: Sendable, Hashable {
    package let role: Role
    package let name: String
    /// The tags of the role, overridden by those given to the session.
    package let tags: [String: String]

    package init(role: Role, name: String, tags: [String: String] = [:]) {
        self.role = role
        self.name = name
        self.tags = tags
    }

    /// The session's ARN, which does not contain the role's path.
    package var arn: String { "arn:aws:sts::\(role.account.id):assumed-role/\(role.name)/\(name)" }
}

/// A session for which a user requested a federation token.
package struct FederatedUser: Sendable, Hashable {
    package let name: String
    package let account: Account
    package let tags: [String: String]

    package init(name: String, account: Account, tags: [String: String] = [:]) {
        self.name = name
        self.account = account
        self.tags = tags
    }

    package var arn: String { "arn:aws:sts::\(account.id):federated-user/\(name)" }
}
