import CofferAccess
import CofferModel
import CofferService
import CofferStorage

/// How often each managed policy is attached or used as a boundary, by ARN.
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

/// What a managed policy is used for.
///
/// Source: IAM API Reference, ListPolicies, `PolicyUsageFilter`.
enum PolicyUsage: String, CaseIterable {
    case permissions = "PermissionsPolicy"
    case boundary = "PermissionsBoundary"
}

/// The details of a managed policy in IAM's responses.
struct PolicySummary: Sendable {
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

    /// - Parameter usage: nil for any usage, or none.
    func isUsed(for usage: PolicyUsage?) -> Bool {
        switch usage {
        case .permissions: attachmentCount > 0
        case .boundary: boundaryCount > 0
        case nil: true
        }
    }

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
    /// 2015-02-06, when AWS introduced managed policies.
    static let created = Timestamp(seconds: 1_423_180_800)

    /// The policy's only version.
    var version: IAMPolicy.Version { IAMPolicy.Version(number: 1, created: Self.created, document: document) }

    /// An id that is always the same: the letters of the policy's name, as far as an id allows them.
    fileprivate var id: String {
        let letters = rawValue.uppercased().filter { ("A"..."Z").contains($0) }
        return "ANPA" + String((letters + String(repeating: "A", count: 17)).prefix(17))
    }
}

extension XMLWriter {
    /// - Parameter isWhole: whether to include what lists omit: description and tags.
    mutating func policy(_ policy: PolicySummary, isWhole: Bool = false) {
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
