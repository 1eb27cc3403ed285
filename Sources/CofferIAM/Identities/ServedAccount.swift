import CofferAccess
import CofferService
package import CofferStorage

/// An account of a running server.
public struct ServedAccount: Sendable, Equatable {
    /// The name, unique among the accounts without regard to case.
    public let name: String
    /// Twelve digits.
    public let id: String
    /// The canonical user id: 64 hexadecimal digits.
    public let canonicalID: String
    /// The e-mail address by which an ACL may name the account.
    public let email: String
    /// The root's key pair; nil for an account whose keys were configured earlier and no longer are.
    public let rootKeys: KeyPair?
    /// Whether the keys were created at this start.
    public let madeKeys: Bool

    /// Creates an account whose keys do not matter.
    package init(withoutKeys account: IAMAccount) { self.init(account, nil, madeKeys: false) }

    package init(_ account: IAMAccount, _ rootKeys: KeyPair?, madeKeys: Bool) {
        name = account.name
        id = account.id
        canonicalID = Account(id: account.id).canonicalID
        email = account.email
        self.rootKeys = rootKeys
        self.madeKeys = madeKeys
    }
}

extension Accounts {
    package init(_ accounts: [ServedAccount]) { self.init(emails: accounts.map { (id: $0.id, email: $0.email) }) }
}
