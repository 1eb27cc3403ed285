package import CofferAccess
import CofferCrypto
import CofferModel

/// The server's accounts.
package struct Accounts: AccountDirectory {
    private let ids: Set<String>
    private let canonicalIDs: Set<String>
    private let byEmail: [String: String]

    package init(emails accounts: [(id: String, email: String)]) {
        ids = Set(accounts.map(\.id))
        canonicalIDs = Set(accounts.map { Account(id: $0.id).canonicalID })
        byEmail = Dictionary(uniqueKeysWithValues: accounts.map { ($0.email.lowercased(), $0.id) })
    }

    package func contains(id: String) -> Bool { ids.contains(id) }
    package func contains(canonicalID: String) -> Bool { canonicalIDs.contains(canonicalID) }
    package func canonicalID(email: String) -> String? {
        byEmail[email.lowercased()].map { Account(id: $0).canonicalID }
    }
}

extension Account {
    /// - Parameter id: twelve digits, from which the canonical id is derived.
    package init(id: String) { self.init(id: id, canonicalID: hex(Digest.of(Array(id.utf8), .sha256))) }
}
