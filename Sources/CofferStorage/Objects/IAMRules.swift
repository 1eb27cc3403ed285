import CofferCrypto
import CofferModel
import Synchronization

/// The users, groups, roles and policies of an account, which are read and changed as one value and stored as one
/// document each.
final class IAMRules: Sendable {
    /// Seals the secrets of access keys.
    private let secrets: SecretBox
    /// Directories as they were at a revision, so that a change need not read documents that have not changed.
    private let known = Mutex<[String: IAMDirectory]>([:])

    init(secrets: SecretBox) { self.secrets = secrets }

    /// Remembers a directory that is committed.
    func remember(_ directory: IAMDirectory, of account: String) {
        known.withLock { known in
            guard known[account].map({ $0.revision < directory.revision }) ?? true else { return }
            known[account] = directory
        }
    }

    /// Returns the directory of every account, by account id.
    func directories(_ rows: any CatalogReads) async throws(StorageError) -> [String: IAMDirectory] {
        var directories: [String: IAMDirectory] = [:]
        for account in try await rows.accounts() {
            directories[account.id] = try await directory(of: account.id, rows)
        }
        return directories
    }

    /// Changes the directory of an account, and stores the entities that have changed.
    ///
    /// - Returns: the result of the change, and the directory after it.
    func change<Value: Sendable>(
        _ account: String, _ rows: any CatalogTransaction,
        _ change: (inout IAMDirectory) throws(S3Error) -> Value
    ) async throws(StorageError) -> (value: Value, directory: IAMDirectory) {
        let before = try await directory(of: account, rows)
        var after = before
        let value = try rows.decide { () throws(S3Error) in try change(&after) }
        guard after != before else { return (value, after) }
        let former = before.entities.filter { !after.has($0) }
        let new = after.entities.filter { !before.has($0) }
        // Removed before any is added, because a name or an access key may move from one entity to another.
        for entity in former { try await rows.remove(row(entity, of: account)) }
        for entity in new { try await rows.insert(row(entity, of: account)) }
        try await rows.removeStaleKeyUses()
        after.revision = try await rows.raiseRevision(of: .identities)
        return (value, after)
    }

    private func directory(of account: String, _ rows: any CatalogReads) async throws(StorageError) -> IAMDirectory {
        let revision = try await rows.revision(of: .identities)
        if let known = known.withLock({ $0[account] }), known.revision == revision { return known }
        var directory = IAMDirectory()
        directory.revision = revision
        for row in try await rows.entities(of: account) {
            let document = IAMDocument(row, secrets)
            switch row.kind {
            case .root: directory.rootKeys = try document.accessKeys()
            case .user: directory.users[row.name] = try document.user()
            case .group: directory.groups[row.name] = try document.group()
            case .role: directory.roles[row.name] = try document.role()
            case .policy: directory.policies[row.name] = try document.policy()
            }
        }
        return directory
    }

    private func row(_ entity: IAMDirectory.Entity, of account: String) -> IAMEntityRow {
        let writer = IAMDocumentWriter(secrets: secrets)
        let (kind, id, name, keys, json): (IAMEntityRow.Kind, String, String, [IAMAccessKey], JSONText) =
            switch entity {
            case .root(let keys): (.root, account, "", keys, writer.document(of: keys))
            case .user(let user): (.user, user.id, user.name, user.accessKeys, writer.document(of: user))
            case .group(let group): (.group, group.id, group.name, [], writer.document(of: group))
            case .role(let role): (.role, role.id, role.name, [], writer.document(of: role))
            case .policy(let policy): (.policy, policy.id, policy.name, [], writer.document(of: policy))
            }
        return IAMEntityRow(
            account: account, kind: kind, id: id, name: name, accessKeys: keys.map(\.id),
            document: Array(json.text.utf8))
    }
}

extension IAMDirectory {
    fileprivate enum Entity {
        case root([IAMAccessKey])
        case user(IAMUser)
        case group(IAMGroup)
        case role(IAMRole)
        case policy(IAMPolicy)
    }

    fileprivate var entities: [Entity] {
        (rootKeys.isEmpty ? [] : [.root(rootKeys)]) + users.values.map { .user($0) }
            + groups.values.map { .group($0) } + roles.values.map { .role($0) } + policies.values.map { .policy($0) }
    }

    fileprivate func has(_ entity: Entity) -> Bool {
        switch entity {
        case .root(let keys): rootKeys == keys
        case .user(let user): users[user.name] == user
        case .group(let group): groups[group.name] == group
        case .role(let role): roles[role.name] == role
        case .policy(let policy): policies[policy.name] == policy
        }
    }
}
