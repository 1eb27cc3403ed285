import CofferModel
import CofferSQLite

extension SQLiteTransaction {
    func put(_ account: IAMAccount) throws(StorageError) {
        try write(
            """
            INSERT INTO accounts VALUES (?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET name = excluded.name, email = excluded.email
            """,
            .text(account.id), .text(account.name), .text(account.email), .integer(account.created.milliseconds))
    }

    func setConfiguration(
        _ kind: String, ofAccount account: String, to document: [UInt8]?
    ) throws(StorageError) {
        guard let document else {
            try write("DELETE FROM account_configurations WHERE account = ? AND kind = ?", .text(account), .text(kind))
            return
        }
        try write(
            """
            INSERT INTO account_configurations VALUES (?, ?, ?)
            ON CONFLICT (account, kind) DO UPDATE SET document = excluded.document
            """,
            .text(account), .text(kind), .blob(document))
    }

    func insert(_ entity: IAMEntityRow) throws(StorageError) {
        try write(
            "INSERT INTO iam_entities (id, account, kind, folded_name, name, document) VALUES (?, ?, ?, ?, ?, ?)",
            .text(entity.id), .text(entity.account), .text(entity.kind.rawValue), .text(entity.foldedName),
            .text(entity.name), .blob(entity.document))
        for key in entity.accessKeys {
            try write("INSERT INTO iam_access_keys (id, entity) VALUES (?, ?)", .text(key), .text(entity.id))
        }
    }

    func remove(_ entity: IAMEntityRow) throws(StorageError) {
        try write("DELETE FROM iam_entities WHERE id = ?", .text(entity.id))
        try write("DELETE FROM iam_access_keys WHERE entity = ?", .text(entity.id))
    }

    func put(_ use: IAMKeyUse, of id: String) throws(StorageError) {
        try write(
            """
            INSERT INTO iam_key_uses SELECT ?1, ?2, ?3, ?4 WHERE \(Self.exists("?1"))
            ON CONFLICT (id) DO UPDATE SET time = excluded.time, service = excluded.service, region = excluded.region
            """,
            .text(id), .integer(use.time.milliseconds), .text(use.service), .text(use.region))
    }

    func removeStaleKeyUses() throws(StorageError) {
        try write("DELETE FROM iam_key_uses WHERE NOT \(Self.exists("iam_key_uses.id"))")
    }

    /// Returns a condition that holds for the id of an access key or a role that exists.
    private static func exists(_ id: String) -> String {
        "(EXISTS (SELECT 1 FROM iam_access_keys k WHERE k.id = \(id)) "
            + "OR EXISTS (SELECT 1 FROM iam_entities e WHERE e.id = \(id) AND e.kind = 'role'))"
    }
}
