import CofferAccess
import CofferModel
import CofferStorage

/// The directory of an account at one moment, with its policies compiled.
struct IdentitySnapshot: Sendable {
    let directory: IAMDirectory
    let account: Account
    /// The root's access key, which is configured and not part of the directory.
    private(set) var root: RootKey?
    /// Active access keys, and the root's.
    private(set) var keys: [String: Key] = [:]
    private(set) var users: [String: Identity] = [:]
    private(set) var roles: [String: RoleIdentity] = [:]
    private var compiled: [String: Policy] = [:]
    /// Stored documents that cannot be read, as one may be that an earlier version took, and why, in quotes.
    private var unreadable: [String: String] = [:]
    /// Whom such documents concern, in sentences.
    private(set) var faults: [String] = []

    struct Key: Sendable {
        let secret: String
        let identity: Identity
    }

    /// A role, as its sessions have it.
    struct RoleIdentity: Sendable {
        let role: IAMRole
        let principal: Role
        let policies: [Policy]
        let boundary: Policy?
        let trustPolicy: Policy

        /// Of somebody who has assumed it.
        ///
        /// - Parameter tagging: adds the session's tags to the role's.
        func identity(
            session name: String, tags tagging: (_ over: [String: String]) -> [String: String] = { $0 }
        ) -> Identity {
            let tags = tagging(Dictionary(role.tags.map { ($0.key, $0.value) }) { first, _ in first })
            return Identity(
                principal: .assumedRole(RoleSession(role: principal, name: name, tags: tags)), policies: policies,
                boundary: boundary, credentials: .role)
        }
    }

    /// A document that cannot be read denies everything to whom it concerns, and nobody else: it may have denied anything.
    ///
    /// - Parameter before: a snapshot whose compiled policies serve again.
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
                boundary: boundary(of: user, user.boundary, known))
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

    /// Takes another access key for the root, or none. The keys that a root made for itself hold as long as one is
    /// configured: who takes that away shuts the root out.
    mutating func use(_ root: RootKey?) {
        if let former = self.root { keys[former.pair.accessKeyID] = nil }
        for key in directory.rootKeys { keys[key.id] = nil }
        self.root = root
        guard let pair = root?.pair else { return }
        let identity = Identity(principal: .root(account), policies: [])
        for key in directory.rootKeys where key.isActive { keys[key.id] = Key(secret: key.secret, identity: identity) }
        keys[pair.accessKeyID] = Key(secret: pair.secretAccessKey, identity: identity)
    }

    // MARK: Looking up

    func role(named name: String) -> RoleIdentity? { directory.roles[name].flatMap { roles[$0.id] } }

    func user(named name: String) -> Identity? { directory.users[name].flatMap { users[$0.id] } }

    /// The user or role of a unique id.
    func holder(id: String) -> (any IAMEntity)? {
        if case .user(let user)? = users[id]?.principal { return directory.users[user.name] }
        return roles[id]?.role
    }

    /// The document that holds of a managed policy, AWS's or the customer's own; nil if there is none.
    func document(ofPolicy arn: String) -> String? { directory.document(ofPolicy: arn, account: account) }

    /// A managed policy, compiled; nil if there is none.
    func policy(arn: String) -> Policy? {
        ManagedPolicy(arn: arn)?.policy
            ?? directory.policy(arn: arn, account: account).flatMap { compiled[$0.document] }
    }

    /// A document that is kept, compiled.
    func policy(ofDocument document: String) -> Policy { compiled[document] ?? ManagedPolicy.denyAll.policy }

    // MARK: Compiling

    private mutating func policies(of holder: any IAMPolicyHolder, _ known: [String: Policy]) -> [Policy] {
        let attached = holder.attachedPolicies.compactMap { arn in document(ofPolicy: arn).map { (arn, $0) } }
        let inline = holder.inlinePolicies.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        return (attached + inline).map { name, document in compile(document, name, of: holder, known) }
    }

    /// A boundary whose policy is gone allows nothing.
    private mutating func boundary(
        of holder: any IAMPolicyHolder, _ arn: String?, _ known: [String: Policy]
    ) -> Policy? {
        guard let arn else { return nil }
        guard let document = document(ofPolicy: arn) else { return ManagedPolicy.denyAll.policy }
        return compile(document, arn, of: holder, known)
    }

    /// - Parameter name: what explanations call it.
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
                "the trust policy of \(role.arn(in: account)) cannot be read (\(JSONValue.quoted(error.message))): nobody can assume it"
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
    /// The document that holds of a managed policy, AWS's or the customer's own; nil if there is none.
    func document(ofPolicy arn: String, account: Account) -> String? {
        if let managed = ManagedPolicy(arn: arn) { return managed.document }
        return policy(arn: arn, account: account)?.document
    }

    /// A managed policy of the customer's own.
    func policy(arn: String, account: Account) -> IAMPolicy? {
        guard let name = arn.split(at: "/").last, let policy = policies[String(name)],
            policy.arn(in: account) == arn
        else { return nil }
        return policy
    }
}
