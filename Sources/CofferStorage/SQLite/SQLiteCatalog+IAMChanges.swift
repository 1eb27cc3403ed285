import CofferCrypto
import CofferModel

/// Changing IAM entities and their policies.
extension SQLiteCatalog {
    /// Changes the directory of an account as one value, in one transaction, and stores the entities that have changed.
    ///
    /// - Returns: the result of the change, and the directory after it.
    func changeIAM<Value: Sendable>(
        of account: String, _ change: @escaping @Sendable (inout IAMDirectory) throws(S3Error) -> Value
    ) async throws(StorageError) -> (value: Value, directory: IAMDirectory) {
        let secrets = secrets
        return try await writer.write { connection throws(StorageError) in
            let before = try Self.iam(of: account, connection, secrets)
            var after = before
            let value: Value
            do throws(S3Error) {
                value = try change(&after)
            } catch {
                throw StorageError.refused(error)
            }
            guard after != before else { return (value, after) }
            after.revision = before.revision + 1
            let writer = IAMWriter(account: account, connection: connection, secrets: secrets)
            try writer.write(from: before, to: after)
            return (value, after)
        }
    }

    /// - Parameter id: the id of an access key or a role.
    func keyUse(of id: String) throws(StorageError) -> IAMKeyUse? {
        try readers.read { connection throws(StorageError) in
            try connection.first("SELECT time, service, region FROM iam_key_uses WHERE key = ?", .text(id)) {
                IAMKeyUse(time: Timestamp(milliseconds: $0.integer(0)), service: $0.text(1), region: $0.text(2))
            }
        }
    }

    func setKeyUses(_ uses: [String: IAMKeyUse]) async throws(StorageError) {
        try await writer.write { connection throws(StorageError) in
            for (key, use) in uses {
                try connection.run(
                    "INSERT OR REPLACE INTO iam_key_uses SELECT ?, ?, ?, ? WHERE EXISTS "
                        + "(SELECT 1 FROM iam_access_keys WHERE id = ? UNION SELECT 1 FROM iam_roles WHERE id = ?)",
                    .text(key), .integer(use.time.milliseconds), .text(use.service), .text(use.region), .text(key),
                    .text(key))
            }
        }
    }
}

/// Writes the rows of changed entities, by removing all rows of such an entity and inserting them again.
private struct IAMWriter {
    let account: String
    let connection: SQLiteConnection
    let secrets: SecretBox

    func write(from before: IAMDirectory, to after: IAMDirectory) throws(StorageError) {
        try remove(before.users, unlessIn: after.users, from: "iam_users")
        try remove(before.groups, unlessIn: after.groups, from: "iam_groups")
        try remove(before.roles, unlessIn: after.roles, from: "iam_roles")
        try remove(before.policies, unlessIn: after.policies, from: "iam_policies")
        if after.rootKeys != before.rootKeys {
            try connection.run("DELETE FROM iam_access_keys WHERE user = ?", .text(account))
            try insert(after.rootKeys, of: account)
        }
        for user in after.users.values where before.users[user.name] != user { try insert(user) }
        for group in after.groups.values where before.groups[group.name] != group { try insert(group) }
        for role in after.roles.values where before.roles[role.name] != role { try insert(role) }
        for policy in after.policies.values where before.policies[policy.name] != policy { try insert(policy) }
        try connection.run(
            "DELETE FROM iam_key_uses WHERE key NOT IN (SELECT id FROM iam_access_keys UNION SELECT id FROM iam_roles)")
        try connection.run(
            "INSERT OR REPLACE INTO properties VALUES ('iam-revision', ?)", .integer(after.revision))
    }

    /// Removes changed entities. Done before any inserts, because a name or an access key may move from one entity to
    /// another.
    private func remove<Entity: IAMEntity>(
        _ before: [String: Entity], unlessIn after: [String: Entity], from table: String
    ) throws(StorageError) {
        for entity in before.values where after[entity.name] != entity {
            try connection.run("DELETE FROM \(table) WHERE id = ?", .text(entity.id))
            for part in ["iam_tags", "iam_attachments", "iam_inline_policies", "iam_trusted_ids"] {
                try connection.run("DELETE FROM \(part) WHERE entity = ?", .text(entity.id))
            }
            switch table {
            case "iam_users":
                try connection.run("DELETE FROM iam_access_keys WHERE user = ?", .text(entity.id))
                try connection.run("DELETE FROM iam_memberships WHERE user = ?", .text(entity.id))
            case "iam_policies":
                try connection.run("DELETE FROM iam_policy_versions WHERE policy = ?", .text(entity.id))
            default: break
            }
        }
    }

    private func insert(_ user: IAMUser) throws(StorageError) {
        try connection.run(
            "INSERT INTO iam_users (account, id, name, path, created, boundary) VALUES (?, ?, ?, ?, ?, ?)",
            columns(of: user) + [user.boundary.map { .text($0) } ?? .null])
        try insertPolicies(of: user)
        try insert(user.tags, of: user.id)
        try insert(user.accessKeys, of: user.id)
        for (position, group) in user.groupIDs.enumerated() {
            try connection.run(
                "INSERT INTO iam_memberships (user, position, group_id) VALUES (?, ?, ?)", .text(user.id),
                .integer(Int64(position)), .text(group))
        }
    }

    /// - Parameter holder: the id of a user, or of the account whose root has the keys.
    private func insert(_ keys: [IAMAccessKey], of holder: String) throws(StorageError) {
        for (position, key) in keys.enumerated() {
            try connection.run(
                "INSERT INTO iam_access_keys (id, user, position, is_active, created, is_sealed, secret) "
                    + "VALUES (?, ?, ?, ?, ?, 1, ?)",
                .text(key.id), .text(holder), .integer(Int64(position)), .integer(key.isActive ? 1 : 0),
                .integer(key.created.milliseconds), .blob(secrets.seal(Array(key.secret.utf8), for: key.id)))
        }
    }

    private func insert(_ group: IAMGroup) throws(StorageError) {
        try connection.run(
            "INSERT INTO iam_groups (account, id, name, path, created) VALUES (?, ?, ?, ?, ?)", columns(of: group))
        try insertPolicies(of: group)
    }

    private func insert(_ role: IAMRole) throws(StorageError) {
        try connection.run(
            "INSERT INTO iam_roles "
                + "(account, id, name, path, created, trust, description, session_seconds, boundary, signin_seconds) "
                + "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            columns(of: role) + [
                .text(role.trustPolicy), .text(role.details), .integer(Int64(role.sessionSeconds)),
                role.boundary.map { .text($0) } ?? .null, role.signinSeconds.map { .integer(Int64($0)) } ?? .null,
            ])
        for (name, id) in role.trustedIDs {
            try connection.run(
                "INSERT INTO iam_trusted_ids (entity, name, id) VALUES (?, ?, ?)", .text(role.id), .text(name),
                .text(id))
        }
        try insertPolicies(of: role)
        try insert(role.tags, of: role.id)
    }

    private func insert(_ policy: IAMPolicy) throws(StorageError) {
        try connection.run(
            "INSERT INTO iam_policies "
                + "(account, id, name, path, created, updated, description, default_version, last_version) "
                + "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            columns(of: policy) + [
                .integer(policy.updated.milliseconds), .text(policy.details), .integer(Int64(policy.defaultNumber)),
                .integer(Int64(policy.lastNumber)),
            ])
        try insert(policy.tags, of: policy.id)
        for version in policy.versions {
            try connection.run(
                "INSERT INTO iam_policy_versions (policy, number, created, document) VALUES (?, ?, ?, ?)",
                .text(policy.id), .integer(Int64(version.number)), .integer(version.created.milliseconds),
                .text(version.document))
        }
    }

    private func columns(of entity: some IAMEntity) -> [SQLiteValue] {
        [
            .text(account), .text(entity.id), .text(entity.name), .text(entity.path),
            .integer(entity.created.milliseconds),
        ]
    }

    private func insertPolicies(of holder: some IAMPolicyHolder) throws(StorageError) {
        for (position, policy) in holder.attachedPolicies.enumerated() {
            try connection.run(
                "INSERT INTO iam_attachments (entity, position, policy) VALUES (?, ?, ?)", .text(holder.id),
                .integer(Int64(position)), .text(policy))
        }
        for (name, document) in holder.inlinePolicies {
            try connection.run(
                "INSERT INTO iam_inline_policies (entity, name, document) VALUES (?, ?, ?)", .text(holder.id),
                .text(name), .text(document))
        }
    }

    private func insert(_ tags: [Tag], of entity: String) throws(StorageError) {
        for (position, tag) in tags.enumerated() {
            try connection.run(
                "INSERT INTO iam_tags (entity, position, key, value) VALUES (?, ?, ?, ?)", .text(entity),
                .integer(Int64(position)), .text(tag.key), .text(tag.value))
        }
    }
}
