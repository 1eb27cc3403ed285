package import CofferAccess
import CofferModel
import CofferStorage

/// An account's directory at one time, with its policies compiled.
package struct IdentitySnapshot: Sendable {
    let directory: IAMDirectory
    package let account: Account
    /// The root's access key, which is configured and not part of the directory.
    private(set) var root: RootKey?
    /// The active access keys, including the root's.
    private(set) var keys: [String: Key] = [:]
    private(set) var users: [String: Identity] = [:]
    private(set) var roles: [String: RoleIdentity] = [:]
    private var compiled: [String: Policy] = [:]
    /// Stored documents that cannot be read, which an earlier version may have accepted, with the reason in quotes.
    private var unreadable: [String: String] = [:]
    /// Sentences that say whom such documents affect.
    private(set) var faults: [String] = []

    struct Key: Sendable {
        let secret: String
        let identity: Identity
    }

    /// A role as its sessions use it.
    package struct RoleIdentity: Sendable {
        let role: IAMRole
        package let principal: Role
        let policies: [Policy]
        let boundary: Policy?
        package let trustPolicy: Policy

        /// Returns the identity of a session of the role.
        ///
        /// - Parameter tagging: adds the session's tags to the role's.
        package func identity(
            session name: String, tags tagging: (_ over: [String: String]) -> [String: String] = { $0 }
        ) -> Identity {
            let tags = tagging(Dictionary(role.tags.map { ($0.key, $0.value) }) { first, _ in first })
            return Identity(
                principal: .assumedRole(RoleSession(role: principal, name: name, tags: tags)), policies: policies,
                boundary: boundary, credentials: .role)
        }
    }

    /// Compiles a directory. A document that cannot be read denies everything to those it applies to, and to no others,
    /// since it may have denied anything.
    ///
    /// - Parameter before: a snapshot whose compiled policies are reused.
    init(_ directory: IAMDirectory, account: Account, before: IdentitySnapshot? = nil) {
        self.directory = directory
        self.account = account
        let known = before?.compiled ?? [:]
        unreadable = before?.unreadable ?? [:]
        for policy in directory.policies.values { _ = compile(policy.document, policy.name, of: nil, known) }
        var groups: [String: [Policy]] = [:]
        for group in directory.groups.values { groups[group.id] = policies(of: group, known) }
        for user in directory.users.values {
            let identity = Identity(
                principal: .user(User(user, account)),
                policies: policies(of: user, known) + user.groupIDs.flatMap { groups[$0] ?? [] },
                boundary: boundary(of: user, user.boundary, known), grants: StandingGrants())
            users[user.id] = identity
            for key in user.accessKeys where key.isActive { keys[key.id] = Key(secret: key.secret, identity: identity) }
        }
        for role in directory.roles.values {
            roles[role.id] = RoleIdentity(
                role: role, principal: Role(name: role.name, path: role.path, id: role.id, account: account),
                policies: policies(of: role, known), boundary: boundary(of: role, role.boundary, known),
                trustPolicy: trustPolicy(of: role))
        }
    }

    /// Replaces the root's access key, or removes it. The keys that a root created for itself are valid only while a
    /// key is configured; removing the configured key locks the root out.
    mutating func use(_ root: RootKey?) {
        if let former = self.root { keys[former.pair.accessKeyID] = nil }
        for key in directory.rootKeys { keys[key.id] = nil }
        self.root = root
        guard let pair = root?.pair else { return }
        let identity = Identity(principal: .root(account), policies: [])
        for key in directory.rootKeys where key.isActive { keys[key.id] = Key(secret: key.secret, identity: identity) }
        keys[pair.accessKeyID] = Key(secret: pair.secretAccessKey, identity: identity)
    }

    // MARK: Lookup

    package func role(named name: String) -> RoleIdentity? { directory.roles[name].flatMap { roles[$0.id] } }

    package func user(named name: String) -> Identity? { directory.users[name].flatMap { users[$0.id] } }

    /// Returns the user or role with a unique id.
    func holder(id: String) -> (any IAMEntity)? {
        if case .user(let user)? = users[id]?.principal { return directory.users[user.name] }
        return roles[id]?.role
    }

    /// Returns the current document of a managed policy, either AWS's or the customer's; nil if there is none.
    func document(ofPolicy arn: String) -> String? { directory.document(ofPolicy: arn, account: account) }

    /// Returns a compiled managed policy; nil if there is none.
    func policy(arn: String) -> Policy? {
        ManagedPolicy(arn: arn)?.policy
            ?? directory.policy(arn: arn, account: account).flatMap { compiled[$0.document] }
    }

    /// Returns the compiled policy of a stored document.
    func policy(ofDocument document: String) -> Policy { compiled[document] ?? ManagedPolicy.denyAll.policy }

    // MARK: Compiling

    private mutating func policies(of holder: any IAMPolicyHolder, _ known: [String: Policy]) -> [Policy] {
        let attached = holder.attachedPolicies.compactMap { arn in document(ofPolicy: arn).map { (arn, $0) } }
        let inline = holder.inlinePolicies.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        return (attached + inline).map { name, document in compile(document, name, of: holder, known) }
    }

    /// Compiles a permissions boundary. One whose policy no longer exists allows nothing.
    private mutating func boundary(
        of holder: any IAMPolicyHolder, _ arn: String?, _ known: [String: Policy]
    ) -> Policy? {
        guard let arn else { return nil }
        guard let document = document(ofPolicy: arn) else { return ManagedPolicy.denyAll.policy }
        return compile(document, arn, of: holder, known)
    }

    /// - Parameter name: the policy's name in explanations.
    private mutating func compile(
        _ document: String, _ name: String, of holder: (any IAMPolicyHolder)?, _ known: [String: Policy]
    ) -> Policy {
        var policy = compiled[document] ?? known[document] ?? read(document)
        compiled[document] = policy
        policy.name = name
        if let reason = unreadable[document] {
            let denial = holder.map { ": everything is denied to \($0.arn(in: account))" } ?? ""
            faults.append("the policy \(name) cannot be read (\(reason))\(denial)")
        }
        return policy
    }

    private mutating func read(_ document: String) -> Policy {
        do throws(S3Error) {
            return try Policy(identityDocument: Array(document.utf8))
        } catch {
            unreadable[document] = JSONValue.quoted(error.message)
            return ManagedPolicy.denyAll.policy
        }
    }

    private mutating func trustPolicy(of role: IAMRole) -> Policy {
        do throws(S3Error) {
            return try Policy(trustDocument: Array(role.trustPolicy.utf8), principals: .saved(role.trustedIDs))
        } catch {
            faults.append(
                "the trust policy of \(role.arn(in: account)) cannot be read (\(JSONValue.quoted(error.message))): no one can assume it"
            )
            return .empty
        }
    }
}

extension User {
    init(_ user: IAMUser, _ account: Account) {
        self.init(
            name: user.name, path: user.path, id: user.id, account: account,
            tags: Dictionary(user.tags.map { ($0.key, $0.value) }) { first, _ in first })
    }
}

extension IAMDirectory {
    /// Returns the current document of a managed policy, either AWS's or the customer's; nil if there is none.
    func document(ofPolicy arn: String, account: Account) -> String? {
        if let managed = ManagedPolicy(arn: arn) { return managed.document }
        return policy(arn: arn, account: account)?.document
    }

    /// Returns a customer managed policy.
    func policy(arn: String, account: Account) -> IAMPolicy? {
        guard let name = arn.split(at: "/").last, let policy = policies[String(name)],
            policy.arn(in: account) == arn
        else { return nil }
        return policy
    }
}
