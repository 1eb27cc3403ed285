/// Accounts, and the users, groups, roles and policies of each.
extension ObjectStore {
    /// Returns the accounts in the order in which they were created.
    package func accounts() async throws(StorageError) -> [IAMAccount] {
        try await catalog.read { rows async throws(StorageError) in try await rows.accounts() }
    }

    /// Adds an account, or gives the one with its id another name and e-mail address.
    package func setAccount(_ account: IAMAccount) async throws(StorageError) {
        try await catalog.change(.accounts) { rows async throws(StorageError) in
            try await rows.put(account)
            try await rows.raiseRevision(of: .identities)
        }
    }

    /// Returns the configuration documents of accounts: by kind, by account id.
    package func accountConfigurations() async throws(StorageError) -> [String: [String: [UInt8]]] {
        try await catalog.read { rows async throws(StorageError) in try await rows.accountConfigurations() }
    }

    /// - Parameter document: nil removes it.
    package func setConfiguration(
        _ kind: String, ofAccount account: String, to document: [UInt8]?
    ) async throws(StorageError) {
        try await catalog.change(.accounts) { rows async throws(StorageError) in
            try await rows.setConfiguration(kind, ofAccount: account, to: document)
            try await rows.raiseRevision(of: .buckets)
        }
    }

    /// Returns the users, groups, roles and policies of each account, by account id.
    package func iam() async throws(StorageError) -> [String: IAMDirectory] {
        let rules = iamRules
        return try await catalog.snapshot { rows async throws(StorageError) in try await rules.directories(rows) }
    }

    /// Changes an account's directory with a function, in one transaction.
    ///
    /// - Returns: the function's result, and the directory after the change.
    /// - Throws: ``StorageError/refused(_:)`` with the function's error; then nothing is changed.
    package func changeIAM<Value: Sendable>(
        of account: String, _ change: @escaping IAMChange<Value>
    ) async throws(StorageError) -> (value: Value, directory: IAMDirectory) {
        let rules = iamRules
        let changed = try await catalog.change(.accounts) { rows async throws(StorageError) in
            try await rules.change(account, rows, change)
        }
        rules.remember(changed.directory, of: account)
        return changed
    }

    /// Returns when and for which service an access key was last used, as far as that is stored.
    package func keyUse(of accessKeyID: String) async throws(StorageError) -> IAMKeyUse? {
        try await catalog.read { rows async throws(StorageError) in try await rows.keyUse(of: accessKeyID) }
    }

    /// Stores the last uses of access keys; keys that no longer exist are skipped.
    package func setKeyUses(_ uses: [String: IAMKeyUse]) async throws(StorageError) {
        try await catalog.change(.accounts) { rows async throws(StorageError) in
            for (key, use) in uses { try await rows.put(use, of: key) }
        }
    }
}
