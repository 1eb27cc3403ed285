/// Who makes a request.
package enum Principal: Sendable, Hashable {
    case anonymous
    /// The account itself: may do everything that no bucket policy denies.
    case root(Account)
    case user(name: String, Account)

    package var account: Account? {
        switch self {
        case .anonymous: nil
        case .root(let account), .user(_, let account): account
        }
    }

    package var arn: String? {
        switch self {
        case .anonymous: nil
        case .root(let account): "arn:aws:iam::\(account.id):root"
        case .user(let name, let account): "arn:aws:iam::\(account.id):user/\(name)"
        }
    }

    /// The name that logs and `aws:username` show.
    package var name: String {
        switch self {
        case .anonymous: "anonymous"
        case .root: "root"
        case .user(let name, _): name
        }
    }
}

/// An account, which owns buckets and users.
package struct Account: Sendable, Hashable {
    /// Twelve digits.
    package let id: String
    /// The canonical user id of owners in listings, 64 hexadecimal digits.
    package let canonicalID: String

    package init(id: String, canonicalID: String) {
        self.id = id
        self.canonicalID = canonicalID
    }
}
