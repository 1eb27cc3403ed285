import CofferAccess
import CofferModel
import CofferStorage

/// CreatePolicy, GetPolicy, DeletePolicy, ListPolicies, and the tags of policies.
enum Policies {
    static let operations: [QueryOperation] = [
        QueryOperation("CreatePolicy", on: EntityKind.policy.newARN, create),
        QueryOperation("GetPolicy", on: arn, get),
        QueryOperation("DeletePolicy", on: arn, delete),
        QueryOperation("ListPolicies", on: EntityKind.policy.listARN, list),
    ]

    /// The ARN that the request gives.
    @Sendable static func arn(_ request: QueryRequest) throws(S3Error) -> String? {
        let arn = try request.parameters.required("PolicyArn")
        guard arn.hasPrefix("arn:aws:iam::"), arn.utf8.count >= 20, arn.utf8.count <= 2048 else {
            throw S3Error(.invalidInput, "ARN \(arn) is not valid.")
        }
        return arn
    }

    static func missing(_ arn: String) -> S3Error { .noSuchEntity("Policy \(arn) was not found.") }

    /// The text of a document that policies of identities may have.
    ///
    /// - Throws: `MalformedPolicyDocument`, `LimitExceeded`.
    static func document(_ parameters: QueryParameters) throws(S3Error) -> String {
        let document = try parameters.required("PolicyDocument")
        guard document.policyCharacterCount <= IAMLimits.managedPolicy else {
            throw .quotaExceeded("PolicySize", IAMLimits.managedPolicy)
        }
        _ = try Policy(identityDocument: Array(document.utf8))
        return document
    }

    /// Changes a policy of the customer's own.
    static func change<Value: Sendable>(
        _ call: AuthorizedQuery, _ change: @escaping @Sendable (inout IAMPolicy) throws(S3Error) -> Value
    ) async throws(S3Error) -> Value {
        let arn = try call.parameters.required("PolicyArn")
        try checkIsOwn(arn, call)
        let account = call.account
        return try await call.change { directory throws(S3Error) in
            guard var policy = directory.policy(arn: arn, account: account) else { throw missing(arn) }
            let value = try change(&policy)
            directory.policies[policy.name] = policy
            return value
        }
    }

    @Sendable private static func create(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let name = try EntityKind.policy.name(call.parameters)
        var policy = IAMPolicy(
            id: IAMNames.uniqueID("ANPA"), name: name,
            path: try IAMNames.check(path: call.parameters["Path"] ?? "/"), created: .now(),
            document: try document(call.parameters))
        policy.details = call.parameters["Description"] ?? ""
        policy.tags = try IAMTags.read(call.parameters)
        let made = policy
        let account = call.account
        try await call.change { directory throws(S3Error) in
            guard !directory.policies.keys.contains(where: { $0.lowercased() == name.lowercased() }) else {
                throw S3Error(
                    .entityAlreadyExists, "A policy called \(name) already exists. Duplicate names are not allowed.")
            }
            guard directory.policies.count < IAMLimits.policies else {
                throw .quotaExceeded("PoliciesPerAccount", IAMLimits.policies)
            }
            directory.policies[name] = made
        }
        let summary = PolicySummary(made, in: account, attachments: PolicyAttachments(call.directory))
        return QueryAnswer { xml in xml.element("Policy") { $0.policy(summary, isWhole: true) } }
    }

    @Sendable private static func get(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let arn = try call.parameters.required("PolicyArn")
        let attachments = PolicyAttachments(call.directory)
        let summary: PolicySummary
        if let managed = ManagedPolicy(arn: arn) {
            summary = PolicySummary(managed, attachments: attachments)
        } else if let policy = call.directory.policy(arn: arn, account: call.account) {
            summary = PolicySummary(policy, in: call.account, attachments: attachments)
        } else {
            throw missing(arn)
        }
        return QueryAnswer { xml in xml.element("Policy") { $0.policy(summary, isWhole: true) } }
    }

    @Sendable private static func delete(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let arn = try call.parameters.required("PolicyArn")
        try checkIsOwn(arn, call)
        let account = call.account
        try await call.change { directory throws(S3Error) in
            guard let policy = directory.policy(arn: arn, account: account) else { throw missing(arn) }
            let attachments = PolicyAttachments(directory)
            guard attachments.policies[arn, default: 0] + attachments.boundaries[arn, default: 0] == 0 else {
                throw S3Error(.deleteConflict, "Cannot delete a policy attached to entities.")
            }
            guard policy.versions.count == 1 else {
                throw S3Error(
                    .deleteConflict,
                    "This policy has more than one version. Before you delete a policy, you must delete the policy's "
                        + "versions. The default version is deleted with the policy.")
            }
            directory.policies[policy.name] = nil
        }
        return .nothing
    }

    private enum Scope: String, CaseIterable {
        case all = "All"
        case aws = "AWS"
        case local = "Local"
    }

    @Sendable private static func list(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let scope = try call.parameters.choice("Scope", Scope.self) ?? .all
        let prefix = call.parameters["PathPrefix"] ?? "/"
        let attachments = PolicyAttachments(call.directory)
        let managed = ManagedPolicy.allCases.map { PolicySummary($0, attachments: attachments) }
        let own = call.directory.policies.values.map {
            PolicySummary($0, in: call.account, attachments: attachments)
        }
        let found = ((scope == .local ? [] : managed) + (scope == .aws ? [] : own)).filter {
            $0.path.hasPrefix(prefix) && (!call.parameters.bool("OnlyAttached") || $0.attachmentCount > 0)
        }
        return .list("Policies", try Page(found, of: call.parameters) { $0.arn }) { $0.policy($1) }
    }

    /// - Throws: `AccessDenied` for AWS's own policies, which nobody can change.
    private static func checkIsOwn(_ arn: String, _ call: AuthorizedQuery) throws(S3Error) {
        guard ManagedPolicy(arn: arn) == nil else {
            throw call.request.denied("iam:\(call.request.operation)", on: arn)
        }
    }
}

/// How often managed policies are attached, and how often they are a boundary, by their ARNs.
struct PolicyAttachments {
    private(set) var policies: [String: Int] = [:]
    private(set) var boundaries: [String: Int] = [:]

    init(_ directory: IAMDirectory) {
        let holders: [any IAMPolicyHolder] =
            Array(directory.users.values) + Array(directory.groups.values) + Array(directory.roles.values)
        for arn in holders.flatMap(\.attachedPolicies) { policies[arn, default: 0] += 1 }
        let boundaries = directory.users.values.map(\.boundary) + directory.roles.values.map(\.boundary)
        for arn in boundaries.compactMap({ $0 }) { self.boundaries[arn, default: 0] += 1 }
    }
}

/// What IAM tells of a managed policy.
private struct PolicySummary: Sendable {
    let name: String
    let id: String
    let arn: String
    let path: String
    let defaultVersion: String
    let attachmentCount: Int
    let boundaryCount: Int
    let details: String
    let created: Timestamp
    let updated: Timestamp
    let tags: [Tag]

    init(_ policy: IAMPolicy, in account: Account, attachments: PolicyAttachments) {
        name = policy.name
        id = policy.id
        arn = policy.arn(in: account)
        path = policy.path
        defaultVersion = "v\(policy.defaultNumber)"
        attachmentCount = attachments.policies[arn] ?? 0
        boundaryCount = attachments.boundaries[arn] ?? 0
        details = policy.details
        created = policy.created
        updated = policy.updated
        tags = policy.tags
    }

    init(_ policy: ManagedPolicy, attachments: PolicyAttachments) {
        name = policy.rawValue
        id = policy.id
        arn = policy.arn
        path = "/"
        defaultVersion = "v1"
        attachmentCount = attachments.policies[arn] ?? 0
        boundaryCount = attachments.boundaries[arn] ?? 0
        details = policy.details
        created = ManagedPolicy.created
        updated = ManagedPolicy.created
        tags = []
    }
}

extension ManagedPolicy {
    /// 2015-02-06, when AWS brought managed policies.
    static let created = Timestamp(seconds: 1_423_180_800)

    /// An id that is always the same: the name's letters, as far as ids have them.
    fileprivate var id: String {
        let letters = rawValue.uppercased().filter { ("A"..."Z").contains($0) }
        return "ANPA" + String((letters + String(repeating: "A", count: 17)).prefix(17))
    }
}

extension XMLWriter {
    /// - Parameter isWhole: with what lists leave out: description and tags.
    fileprivate mutating func policy(_ policy: PolicySummary, isWhole: Bool = false) {
        element("PolicyName", policy.name)
        element("PolicyId", policy.id)
        element("Arn", policy.arn)
        element("Path", policy.path)
        element("DefaultVersionId", policy.defaultVersion)
        element("AttachmentCount", String(policy.attachmentCount))
        element("PermissionsBoundaryUsageCount", String(policy.boundaryCount))
        element("IsAttachable", "true")
        element("CreateDate", policy.created.iso8601Seconds)
        element("UpdateDate", policy.updated.iso8601Seconds)
        guard isWhole else { return }
        if !policy.details.isEmpty { element("Description", policy.details) }
        tags(policy.tags)
    }
}
