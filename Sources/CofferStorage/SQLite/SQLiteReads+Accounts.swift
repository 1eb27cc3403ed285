import CofferModel
import CofferSQLite

extension SQLiteReads {
    func accounts() throws(StorageError) -> [IAMAccount] {
        try connection.all(
            "SELECT id, name, email, created FROM accounts ORDER BY id != ?, created, id", .text(IAMAccount.firstID)
        ) { row in
            IAMAccount(
                id: row.text(0), name: row.text(1), email: row.text(2), created: Timestamp(milliseconds: row.integer(3))
            )
        }
    }

    func accountConfigurations() throws(StorageError) -> [String: [String: [UInt8]]] {
        let rows = try connection.all("SELECT account, kind, document FROM account_configurations") {
            (account: $0.text(0), kind: $0.text(1), document: $0.blob(2))
        }
        return rows.reduce(into: [:]) { $0[$1.account, default: [:]][$1.kind] = $1.document }
    }

    func entities(of account: String) throws(StorageError) -> [IAMEntityRow] {
        let keys = try connection.all(
            "SELECT k.entity, k.id FROM iam_access_keys k JOIN iam_entities e ON e.id = k.entity WHERE e.account = ?",
            .text(account)
        ) { ($0.text(0), [$0.text(1)]) }
        let keysOfEntities = Dictionary(keys) { $0 + $1 }
        return try connection.all(
            "SELECT kind, id, name, document FROM iam_entities WHERE account = ?", .text(account)
        ) { row throws(StorageError) in
            guard let kind = IAMEntityRow.Kind(rawValue: row.text(0)) else {
                throw .failed("the catalog holds an entity of an unknown kind: \(row.text(0))")
            }
            return IAMEntityRow(
                account: account, kind: kind, id: row.text(1), name: row.text(2),
                accessKeys: keysOfEntities[row.text(1)] ?? [], document: row.blob(3))
        }
    }

    func keyUse(of id: String) throws(StorageError) -> IAMKeyUse? {
        try connection.first("SELECT time, service, region FROM iam_key_uses WHERE id = ?", .text(id)) {
            IAMKeyUse(time: Timestamp(milliseconds: $0.integer(0)), service: $0.text(1), region: $0.text(2))
        }
    }
}
