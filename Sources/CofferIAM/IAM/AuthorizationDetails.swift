import CofferAccess
import CofferModel
import CofferStorage

/// GetAccountAuthorizationDetails: users, groups, roles and policies with all their details.
///
/// Source: IAM API Reference, GetAccountAuthorizationDetails.
enum AuthorizationDetails {
    static let operations: [QueryOperation] = [
        QueryOperation("GetAccountAuthorizationDetails", on: { _ in "*" }, get)
    ]

    private enum Filter: String, CaseIterable {
        case user = "User"
        case role = "Role"
        case group = "Group"
        case localPolicy = "LocalManagedPolicy"
        case awsPolicy = "AWSManagedPolicy"
    }

    /// An item of a page, which may hold items of several kinds.
    fileprivate enum Item: Sendable {
        case user(IAMUser)
        case role(IAMRole)
        case group(IAMGroup)
        case policy(IAMPolicy)
        case awsPolicy(ManagedPolicy)
    }

    @Sendable private static func get(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let page = try IAMPage(items(call), of: call.parameters, weighing: byteCount, by: key)
        let (account, directory) = (call.account, call.directory)
        let attachments = PolicyAttachments(directory)
        var roles: [(role: IAMRole, use: IAMKeyUse?)] = []
        for case .role(let role) in page.items { await roles.append((role, try call.lastUse(of: role))) }
        let details = roles
        return QueryAnswer { xml in
            xml.list("UserDetailList", page.items.compactMap { if case .user(let user) = $0 { user } else { nil } }) {
                $0.detail(of: $1, account, directory)
            }
            xml.list("GroupDetailList", page.items.compactMap { if case .group(let group) = $0 { group } else { nil } })
            {
                $0.detail(of: $1, account)
            }
            xml.list("RoleDetailList", details) { $0.detail(of: $1.role, $1.use, call) }
            xml.element("Policies") { xml in
                for item in page.items { xml.policyDetail(of: item, account, attachments) }
            }
            page.writeEnd(&xml)
        }
    }

    private static func items(_ call: AuthorizedQuery) throws(S3Error) -> [Item] {
        let directory = call.directory
        var items: [Item] = []
        for filter in try filters(call.parameters) {
            switch filter {
            case .user: items += directory.users.values.map(Item.user)
            case .role: items += directory.roles.values.map(Item.role)
            case .group: items += directory.groups.values.map(Item.group)
            case .localPolicy: items += directory.policies.values.map(Item.policy)
            case .awsPolicy: items += ManagedPolicy.allCases.map(Item.awsPolicy)
            }
        }
        return items
    }

    private static func filters(_ parameters: QueryParameters) throws(S3Error) -> Set<Filter> {
        var filters: Set<Filter> = []
        for text in parameters.texts("Filter") {
            guard let filter = try QueryParameters(values: ["Filter": text]).choice("Filter", Filter.self) else {
                continue
            }
            filters.insert(filter)
        }
        return filters.isEmpty ? Set(Filter.allCases) : filters
    }

    private static func key(_ item: Item) -> String {
        switch item {
        case .user(let user): "1 \(IAMNames.order(user.name))"
        case .group(let group): "2 \(IAMNames.order(group.name))"
        case .role(let role): "3 \(IAMNames.order(role.name))"
        case .policy(let policy): "4 \(IAMNames.order(policy.name))"
        case .awsPolicy(let policy): "5 \(IAMNames.order(policy.rawValue))"
        }
    }

    /// Returns the size of an item's documents.
    private static func byteCount(_ item: Item) -> Int {
        func inline(_ holder: some IAMPolicyHolder) -> Int {
            holder.inlinePolicies.values.reduce(0) { $0 + $1.utf8.count }
        }
        return switch item {
        case .user(let user): inline(user)
        case .group(let group): inline(group)
        case .role(let role): inline(role) + role.trustPolicy.utf8.count
        case .policy(let policy): policy.versions.reduce(0) { $0 + $1.document.utf8.count }
        case .awsPolicy(let policy): policy.document.utf8.count
        }
    }
}

extension XMLWriter {
    fileprivate mutating func detail(of user: IAMUser, _ account: Account, _ directory: IAMDirectory) {
        self.user(user, account, isWhole: true)
        let groups = directory.groups.values.filter { user.groupIDs.contains($0.id) }.map(\.name).sorted()
        policies(of: user, "UserPolicyList")
        element("GroupList") { xml in
            for name in groups { xml.element("member", name) }
        }
    }

    fileprivate mutating func detail(of group: IAMGroup, _ account: Account) {
        self.group(group, account)
        policies(of: group, "GroupPolicyList")
    }

    fileprivate mutating func detail(of role: IAMRole, _ use: IAMKeyUse?, _ call: AuthorizedQuery) {
        identity(of: role, call)
        limits(of: role)
        lastUse(use)
        policies(of: role, "RolePolicyList")
        element("InstanceProfileList") { _ in }
    }

    private mutating func policies(of holder: some IAMPolicyHolder, _ name: String) {
        list(name, holder.inlinePolicies.sorted { $0.key < $1.key }) { xml, policy in
            xml.element("PolicyName", policy.key)
            xml.document("PolicyDocument", policy.value)
        }
        list("AttachedManagedPolicies", holder.attachedPolicies) { xml, arn in
            xml.element("PolicyName", String(arn.split(at: "/").last ?? ""))
            xml.element("PolicyArn", arn)
        }
    }

    fileprivate mutating func policyDetail(
        of item: AuthorizationDetails.Item, _ account: Account, _ attachments: PolicyAttachments
    ) {
        let summary: PolicySummary
        let versions: [(version: IAMPolicy.Version, isDefault: Bool)]
        switch item {
        case .policy(let policy):
            summary = PolicySummary(policy, in: account, attachments: attachments)
            versions = policy.versions.reversed().map { ($0, $0.number == policy.defaultNumber) }
        case .awsPolicy(let policy):
            summary = PolicySummary(policy, attachments: attachments)
            versions = [(policy.version, true)]
        case .user, .group, .role: return
        }
        element("member") { xml in
            xml.policy(summary)
            if !summary.details.isEmpty { xml.element("Description", summary.details) }
            xml.list("PolicyVersionList", versions) { xml, item in
                xml.document("Document", item.version.document)
                xml.version(item.version, isDefault: item.isDefault)
            }
        }
    }
}
