import CofferAccess
import CofferIAM
import CofferModel
import CofferService
import CofferStorage
import CofferSystem

/// Creates the configured accounts and finds the root keys of all accounts.
///
/// An account remains when it is no longer configured: its buckets and users are in the data directory, and so are its
/// keys if they were created there.
struct AccountSetup {
    let configurations: [AccountConfiguration]
    let store: ObjectStore
    let clock: ServiceClock
    /// The key pair of the first account, which needs no configuration.
    let firstRoot: KeyPair

    /// - Returns: all accounts, starting with the first.
    func provision() async throws(ServerError) -> [ServedAccount] {
        try checkAreDifferent()
        for configuration in configurations { try await add(configuration) }
        let accounts = try await translated { () async throws(StorageError) in try await store.accounts() }
        var served: [ServedAccount] = []
        for account in accounts { served.append(try self.served(account)) }
        let keys = served.compactMap(\.rootKeys?.accessKeyID)
        guard Set(keys).count == keys.count else {
            throw ServerError("two accounts have the same root access key: give each its own")
        }
        return served
    }

    /// Refuses duplicate names and ids, since the keys of the second configuration would have no effect.
    private func checkAreDifferent() throws(ServerError) {
        for texts in [configurations.map { $0.name.lowercased() }, configurations.compactMap(\.id)] {
            var known: Set<String> = []
            for text in texts where !known.insert(text).inserted {
                throw ServerError("duplicate account '\(text)': names and ids must be unique")
            }
        }
    }

    private func served(_ account: IAMAccount) throws(ServerError) -> ServedAccount {
        guard account.id != IAMAccount.firstID else { return ServedAccount(account, firstRoot, madeKeys: false) }
        let configuration = configurations.first { $0.isAbout(account) }
        if let keys = configuration?.keys { return ServedAccount(account, keys, madeKeys: false) }
        let file = KeyFile(
            path: "\(store.path)/account-\(account.name).env", idName: "COFFER_ACCESS_KEY",
            secretName: "COFFER_SECRET_KEY")
        if let keys = try file.read() { return ServedAccount(account, keys, madeKeys: false) }
        guard configuration != nil else { return ServedAccount(account, nil, madeKeys: false) }
        let keys = KeyPair.generate()
        try file.write(keys)
        return ServedAccount(account, keys, madeKeys: true)
    }

    /// Creates or updates an account, which is identified by its id or, without one, by its name.
    private func add(_ configuration: AccountConfiguration) async throws(ServerError) {
        let known = try await translated { () async throws(StorageError) in try await store.accounts() }
        let found = known.first { configuration.isAbout($0) }
        guard found?.id != IAMAccount.firstID || configuration.keys == nil else {
            throw ServerError(
                "the first account cannot have keys in the list of accounts: give them with --access-key and its secret"
            )
        }
        guard found != nil || known.count < IAMLimits.accounts else {
            throw ServerError("too many accounts: \(known.count) exist, and \(IAMLimits.accounts) are allowed")
        }
        let account = IAMAccount(
            id: found?.id ?? configuration.id ?? Self.newID(known), name: configuration.name,
            email: configuration.email ?? found?.email ?? "\(configuration.name)@coffer.invalid",
            created: found?.created ?? clock.time)
        guard account != found else { return }
        for other in known where other.id != account.id {
            guard other.name.lowercased() != account.name.lowercased() else {
                throw ServerError(
                    "the id of the account \(account.name) cannot be changed: configure it with the id \(other.id)")
            }
            guard other.email.lowercased() != account.email.lowercased() else {
                throw ServerError(
                    "the accounts \(other.name) and \(account.name) have the same e-mail address: give each its own")
            }
        }
        guard found == nil || found?.name == account.name || found?.id == IAMAccount.firstID else {
            throw ServerError(
                "the name of the account \(account.id) cannot be changed: configure it with the name \(found?.name ?? "")"
            )
        }
        do throws(StorageError) {
            try await store.setAccount(account)
        } catch {
            throw ServerError(error)
        }
    }

    private static func newID(_ known: [IAMAccount]) -> String {
        while true {
            let id = String(Int64.random(in: 100_000_000_000...999_999_999_999))
            if !known.contains(where: { $0.id == id }) { return id }
        }
    }
}

extension AccountConfiguration {
    fileprivate func isAbout(_ account: IAMAccount) -> Bool {
        id.map { $0 == account.id } ?? (name.lowercased() == account.name.lowercased())
    }
}
