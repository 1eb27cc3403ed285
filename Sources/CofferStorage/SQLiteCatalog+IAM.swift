import CofferCrypto
import CofferModel

/// Reading IAM entities and their policies.
extension SQLiteCatalog {
    /// Returns the directory of every account, by account id.
    func iam() throws(StorageError) -> [String: IAMDirectory] {
        try readers.snapshot { connection throws(StorageError) in
            let parts = try IAMParts(connection, secrets)
            var directories: [String: IAMDirectory] = [:]
            for account in try Self.accounts(connection) {
                directories[account.id] = try Self.iam(of: account.id, connection, parts)
            }
            return directories
        }
    }

    /// Returns the directory of one account.
    static func iam(
        of account: String, _ connection: SQLiteConnection, _ secrets: SecretBox
    ) throws(StorageError) -> IAMDirectory {
        try iam(of: account, connection, try IAMParts(connection, secrets))
    }

    private static func iam(
        of account: String, _ connection: SQLiteConnection, _ parts: IAMParts
    ) throws(StorageError) -> IAMDirectory {
        var directory = IAMDirectory()
        directory.revision = try revision(connection)
        for user in try users(of: account, connection, parts) { directory.users[user.name] = user }
        for group in try groups(of: account, connection, parts) { directory.groups[group.name] = group }
        for role in try roles(of: account, connection, parts) { directory.roles[role.name] = role }
        for policy in try policies(of: account, connection, parts) { directory.policies[policy.name] = policy }
        directory.rootKeys = parts.accessKeys[account] ?? []
        return directory
    }

    /// Encrypts the secrets that an earlier version stored in plain text.
    ///
    /// - Returns: whether there were any.
    static func sealPlainSecrets(_ connection: SQLiteConnection, _ secrets: SecretBox) throws(StorageError) -> Bool {
        let plain = try connection.all("SELECT id, secret FROM iam_access_keys WHERE is_sealed = 0") {
            (id: $0.text(0), secret: $0.blob(1))
        }
        for key in plain {
            try connection.run(
                "UPDATE iam_access_keys SET secret = ?, is_sealed = 1 WHERE id = ?",
                .blob(secrets.seal(key.secret, for: key.id)), .text(key.id))
        }
        return !plain.isEmpty
    }

    /// Returns whether a catalog that is not open yet holds sealed secrets.
    static func holdsSecrets(path: String) throws(StorageError) -> Bool {
        guard (fileSize(path) ?? 0) > 0 else { return false }
        let connection = try SQLiteConnection(path: path, isReadOnly: true)
        let hasKeys = try connection.first("SELECT 1 FROM sqlite_schema WHERE name = 'iam_access_keys'") { _ in true }
        guard hasKeys == true else { return false }
        return try connection.first("SELECT 1 FROM iam_access_keys WHERE is_sealed = 1 LIMIT 1") { _ in true } ?? false
    }

    private static func revision(_ connection: SQLiteConnection) throws(StorageError) -> Int64 {
        try connection.first("SELECT value FROM properties WHERE name = 'iam-revision'") { $0.integer(0) } ?? 0
    }

    private static func users(
        of account: String, _ connection: SQLiteConnection, _ parts: IAMParts
    ) throws(StorageError) -> [IAMUser] {
        try connection.all(
            "SELECT id, name, path, created, boundary FROM iam_users WHERE account = ?", .text(account)
        ) { row in
            let id = row.text(0)
            var user = IAMUser(
                id: id, name: row.text(1), path: row.text(2), created: Timestamp(milliseconds: row.integer(3)))
            user.boundary = row.isNull(4) ? nil : row.text(4)
            user.tags = parts.tags[id] ?? []
            user.attachedPolicies = parts.attachments[id] ?? []
            user.inlinePolicies = parts.inlinePolicies[id] ?? [:]
            user.accessKeys = parts.accessKeys[id] ?? []
            user.groupIDs = parts.memberships[id] ?? []
            return user
        }
    }

    private static func groups(
        of account: String, _ connection: SQLiteConnection, _ parts: IAMParts
    ) throws(StorageError) -> [IAMGroup] {
        try connection.all("SELECT id, name, path, created FROM iam_groups WHERE account = ?", .text(account)) { row in
            let id = row.text(0)
            var group = IAMGroup(
                id: id, name: row.text(1), path: row.text(2), created: Timestamp(milliseconds: row.integer(3)))
            group.attachedPolicies = parts.attachments[id] ?? []
            group.inlinePolicies = parts.inlinePolicies[id] ?? [:]
            return group
        }
    }

    private static func roles(
        of account: String, _ connection: SQLiteConnection, _ parts: IAMParts
    ) throws(StorageError) -> [IAMRole] {
        try connection.all(
            "SELECT id, name, path, created, trust, description, session_seconds, boundary, signin_seconds FROM iam_roles "
                + "WHERE account = ?", .text(account)
        ) { row in
            let id = row.text(0)
            var role = IAMRole(
                id: id, name: row.text(1), path: row.text(2), created: Timestamp(milliseconds: row.integer(3)),
                trustPolicy: row.text(4))
            role.trustedIDs = parts.trustedIDs[id] ?? [:]
            role.details = row.text(5)
            role.sessionSeconds = Int(row.integer(6))
            role.boundary = row.isNull(7) ? nil : row.text(7)
            role.signinSeconds = row.isNull(8) ? nil : Int(row.integer(8))
            role.tags = parts.tags[id] ?? []
            role.attachedPolicies = parts.attachments[id] ?? []
            role.inlinePolicies = parts.inlinePolicies[id] ?? [:]
            return role
        }
    }

    private static func policies(
        of account: String, _ connection: SQLiteConnection, _ parts: IAMParts
    ) throws(StorageError) -> [IAMPolicy] {
        try connection.all(
            "SELECT id, name, path, created, updated, description, default_version, last_version FROM iam_policies "
                + "WHERE account = ?", .text(account)
        ) { row in
            let id = row.text(0)
            var policy = IAMPolicy(
                id: id, name: row.text(1), path: row.text(2), created: Timestamp(milliseconds: row.integer(3)),
                document: "")
            policy.updated = Timestamp(milliseconds: row.integer(4))
            policy.details = row.text(5)
            policy.defaultNumber = Int(row.integer(6))
            policy.lastNumber = Int(row.integer(7))
            policy.versions = parts.versions[id] ?? []
            policy.tags = parts.tags[id] ?? []
            return policy
        }
    }
}

/// The data that belongs to entities, by entity id.
private struct IAMParts {
    var tags: [String: [Tag]] = [:]
    var attachments: [String: [String]] = [:]
    var inlinePolicies: [String: [String: String]] = [:]
    var trustedIDs: [String: [String: String]] = [:]
    var memberships: [String: [String]] = [:]
    var accessKeys: [String: [IAMAccessKey]] = [:]
    var versions: [String: [IAMPolicy.Version]] = [:]

    /// - Throws: a sentence for the operator if the secrets were sealed under another key than the directory's.
    init(_ connection: SQLiteConnection, _ secrets: SecretBox) throws(StorageError) {
        try connection.each("SELECT entity, key, value FROM iam_tags ORDER BY entity, position") { row in
            tags[row.text(0), default: []].append(Tag(key: row.text(1), value: row.text(2)))
            return true
        }
        try connection.each("SELECT entity, policy FROM iam_attachments ORDER BY entity, position") { row in
            attachments[row.text(0), default: []].append(row.text(1))
            return true
        }
        try connection.each("SELECT entity, name, document FROM iam_inline_policies") { row in
            inlinePolicies[row.text(0), default: [:]][row.text(1)] = row.text(2)
            return true
        }
        try connection.each("SELECT entity, name, id FROM iam_trusted_ids") { row in
            trustedIDs[row.text(0), default: [:]][row.text(1)] = row.text(2)
            return true
        }
        try connection.each("SELECT user, group_id FROM iam_memberships ORDER BY user, position") { row in
            memberships[row.text(0), default: []].append(row.text(1))
            return true
        }
        try connection.each(
            "SELECT policy, number, created, document FROM iam_policy_versions ORDER BY policy, number"
        ) { row in
            versions[row.text(0), default: []].append(
                IAMPolicy.Version(
                    number: Int(row.integer(1)), created: Timestamp(milliseconds: row.integer(2)),
                    document: row.text(3)))
            return true
        }
        try connection.each(
            "SELECT id, user, is_active, created, secret FROM iam_access_keys ORDER BY user, position, id"
        ) { row throws(StorageError) in
            guard let secret = secrets.open(row.blob(4), for: row.text(0)) else {
                throw StorageError.failed(
                    "the secret access keys cannot be decrypted with the data directory's secrets.key: restore the "
                        + "file that they were encrypted with")
            }
            var key = IAMAccessKey(
                id: row.text(0), secret: String(decoding: secret, as: UTF8.self),
                created: Timestamp(milliseconds: row.integer(3)))
            key.isActive = row.integer(2) != 0
            accessKeys[row.text(1), default: []].append(key)
            return true
        }
    }
}
