import CofferModel

/// Accounts, and the configurations of accounts.
extension SQLiteCatalog {
    func accounts() throws(StorageError) -> [IAMAccount] {
        try readers.read { connection throws(StorageError) in try Self.accounts(connection) }
    }

    /// Returns the first account, followed by the others in order of creation.
    static func accounts(_ connection: SQLiteConnection) throws(StorageError) -> [IAMAccount] {
        let statement = "SELECT id, name, email, created FROM accounts ORDER BY id != ?, created, id"
        return try connection.all(statement, .text(IAMAccount.firstID)) { row in
            IAMAccount(
                id: row.text(0), name: row.text(1), email: row.text(2), created: Timestamp(milliseconds: row.integer(3))
            )
        }
    }

    /// Adds an account, or gives the one with its id another name and e-mail address.
    func setAccount(_ account: IAMAccount) async throws(StorageError) {
        try await writer.write { connection throws(StorageError) in
            _ = try connection.run(
                "INSERT INTO accounts VALUES (?, ?, ?, ?) "
                    + "ON CONFLICT (id) DO UPDATE SET name = excluded.name, email = excluded.email",
                .text(account.id), .text(account.name), .text(account.email), .integer(account.created.milliseconds))
        }
    }

    /// Returns the configuration documents of accounts: by kind, by account id.
    func accountConfigurations() throws(StorageError) -> [String: [String: [UInt8]]] {
        let rows = try readers.read { connection throws(StorageError) in
            try connection.all("SELECT account, kind, document FROM account_configurations") {
                (account: $0.text(0), kind: $0.text(1), document: $0.blob(2))
            }
        }
        return rows.reduce(into: [:]) { $0[$1.account, default: [:]][$1.kind] = $1.document }
    }

    /// - Parameter document: nil removes it.
    func setConfiguration(
        _ kind: String, ofAccount account: String, to document: [UInt8]?
    ) async throws(StorageError) {
        try await writer.write { connection throws(StorageError) in
            if let document {
                _ = try connection.run(
                    "INSERT OR REPLACE INTO account_configurations VALUES (?, ?, ?)", .text(account), .text(kind),
                    .blob(document))
            } else {
                _ = try connection.run(
                    "DELETE FROM account_configurations WHERE account = ? AND kind = ?", .text(account), .text(kind))
            }
        }
    }
}
