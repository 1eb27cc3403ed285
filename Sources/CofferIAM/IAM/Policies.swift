import CofferAccess
import CofferModel
import CofferService
import CofferStorage

/// CreatePolicy, GetPolicy, DeletePolicy, ListPolicies, and the tags of policies.
enum Policies {
    static let operations: [QueryOperation] = [
        QueryOperation("CreatePolicy", on: EntityKind.policy.newARN, create),
        QueryOperation("GetPolicy", on: arn, get),
        QueryOperation("DeletePolicy", on: arn, delete),
        QueryOperation("ListPolicies", on: EntityKind.policy.listARN, list),
        QueryOperation("TagPolicy", on: arn, tag),
        QueryOperation("UntagPolicy", on: arn, untag),
        QueryOperation("ListPolicyTags", on: arn, listTags),
    ]

    /// Returns the ARN in the request.
    @Sendable package static func arn(_ request: QueryRequest) throws(S3Error) -> String? {
        let arn = try request.parameters.required("PolicyArn")
        guard arn.hasPrefix("arn:aws:iam::"), arn.utf8.count >= 20, arn.utf8.count <= 2048 else {
            throw S3Error(.invalidInput, "ARN \(arn) is not valid.")
        }
        return arn
    }

    static func missing(_ arn: String) -> S3Error { .noSuchEntity("Policy \(arn) was not found.") }

    /// Returns the document in the request, which must be a valid identity-based policy.
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

    /// Changes a customer managed policy.
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
            path: call.parameters["Path"] ?? "/", created: call.time,
            document: try document(call.parameters))
        policy.details = call.parameters["Description"] ?? ""
        policy.tags = try IAMTags.read(call.parameters)
        let made = policy
        let account = call.account
        try await EntityKind.policy.add(made, call)
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

    @Sendable private static func tag(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let added = try IAMTags.read(call.parameters)
        try await change(call) { policy throws(S3Error) in
            policy.tags = try IAMTags.merge(added, into: policy.tags)
        }
        return .nothing
    }

    @Sendable private static func untag(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let keys = call.parameters.texts("TagKeys")
        try await change(call) { policy throws(S3Error) in IAMTags.remove(keys, from: &policy.tags) }
        return .nothing
    }

    /// Lists a policy's tags; AWS's own policies have none.
    @Sendable private static func listTags(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let arn = try call.parameters.required("PolicyArn")
        let policy = call.directory.policy(arn: arn, account: call.account)
        guard policy != nil || ManagedPolicy(arn: arn) != nil else { throw missing(arn) }
        return try IAMTags.list(policy?.tags ?? [], call.parameters)
    }

    private enum Scope: String, CaseIterable {
        case all = "All"
        case aws = "AWS"
        case local = "Local"
    }

    @Sendable private static func list(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let scope = try call.parameters.choice("Scope", Scope.self) ?? .all
        let usage = try call.parameters.choice("PolicyUsageFilter", PolicyUsage.self)
        let prefix = call.parameters["PathPrefix"] ?? "/"
        let attachments = PolicyAttachments(call.directory)
        let managed = ManagedPolicy.allCases.map { PolicySummary($0, attachments: attachments) }
        let own = call.directory.policies.values.map {
            PolicySummary($0, in: call.account, attachments: attachments)
        }
        let found = ((scope == .local ? [] : managed) + (scope == .aws ? [] : own)).filter {
            $0.path.hasPrefix(prefix) && (!call.parameters.bool("OnlyAttached") || $0.attachmentCount > 0)
                && $0.isUsed(for: usage)
        }
        return .list("Policies", try IAMPage(found, of: call.parameters) { "\(IAMNames.order($0.name)) \($0.arn)" }) {
            $0.policy($1)
        }
    }

    /// - Throws: `AccessDenied` for AWS's own policies, which cannot be changed.
    private static func checkIsOwn(_ arn: String, _ call: AuthorizedQuery) throws(S3Error) {
        guard ManagedPolicy(arn: arn) == nil else {
            throw call.request.denied("iam:\(call.request.operation)", on: arn)
        }
    }
}
