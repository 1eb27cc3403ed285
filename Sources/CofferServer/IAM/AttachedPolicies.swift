import CofferAccess
import CofferModel
import CofferStorage

/// Managed policies of users, groups and roles: AttachUserPolicy, DetachUserPolicy, ListAttachedUserPolicies, the same of
/// the others, and ListEntitiesForPolicy.
enum AttachedPolicies {
    static let operations: [QueryOperation] =
        EntityKind.user.attachmentOperations + EntityKind.group.attachmentOperations
        + EntityKind.role.attachmentOperations + [QueryOperation("ListEntitiesForPolicy", on: Policies.arn, list)]

    /// All of them in one page: there are at most a few thousand.
    @Sendable private static func list(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let arn = try call.parameters.required("PolicyArn")
        guard call.request.snapshot.document(ofPolicy: arn) != nil else { throw Policies.missing(arn) }
        let directory = call.directory
        return QueryAnswer { xml in
            xml.holders("Group", of: arn, among: directory.groups)
            xml.holders("User", of: arn, among: directory.users)
            xml.holders("Role", of: arn, among: directory.roles)
            xml.element("IsTruncated", "false")
        }
    }
}

extension EntityKind where Entity: IAMPolicyHolder {
    fileprivate var attachmentOperations: [QueryOperation] {
        [
            QueryOperation("Attach\(noun)Policy", on: arn, attach),
            QueryOperation("Detach\(noun)Policy", on: arn, detach),
            QueryOperation("ListAttached\(noun)Policies", on: arn, listAttached),
        ]
    }

    /// Attaching what is attached changes nothing.
    @Sendable private func attach(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        guard let arn = try Policies.arn(call.request) else { return .nothing }
        let name = try name(call.parameters)
        let account = call.account
        try await call.change { directory throws(S3Error) in
            var holder = try find(name, in: directory)
            guard directory.document(ofPolicy: arn, account: account) != nil else {
                throw .noSuchEntity("Policy \(arn) does not exist or is not attachable.")
            }
            guard !holder.attachedPolicies.contains(arn) else { return }
            guard holder.attachedPolicies.count < IAMLimits.attachedPolicies else {
                throw .quotaExceeded("PoliciesPer\(noun)", IAMLimits.attachedPolicies)
            }
            holder.attachedPolicies.append(arn)
            directory[keyPath: entities][name] = holder
        }
        return .nothing
    }

    @Sendable private func detach(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        guard let arn = try Policies.arn(call.request) else { return .nothing }
        try await change(call) { holder throws(S3Error) in
            guard let index = holder.attachedPolicies.firstIndex(of: arn) else { throw Policies.missing(arn) }
            holder.attachedPolicies.remove(at: index)
        }
        return .nothing
    }

    @Sendable private func listAttached(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let prefix = call.parameters["PathPrefix"] ?? "/"
        let attached = try find(call).attachedPolicies.map { arn in
            (name: String(arn.split(at: "/").last ?? ""), arn: arn)
        }.filter { $0.arn.drop { $0 != "/" }.hasPrefix(prefix) }
        // AWS and the customer may each have one of a name.
        let page = try Page(attached, of: call.parameters) { "\($0.name) \($0.arn)" }
        return .list("AttachedPolicies", page) { xml, policy in
            xml.element("PolicyName", policy.name)
            xml.element("PolicyArn", policy.arn)
        }
    }
}

extension XMLWriter {
    fileprivate mutating func holders(_ noun: String, of arn: String, among holders: [String: some IAMPolicyHolder]) {
        let found = holders.values.filter { $0.attachedPolicies.contains(arn) }.sorted { $0.name < $1.name }
        list("Policy\(noun)s", found) { xml, holder in
            xml.element("\(noun)Name", holder.name)
            xml.element("\(noun)Id", holder.id)
        }
    }
}
