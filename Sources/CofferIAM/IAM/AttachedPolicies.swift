import CofferAccess
import CofferModel
import CofferStorage

/// The managed policies of users, groups and roles: AttachUserPolicy, DetachUserPolicy, ListAttachedUserPolicies, the
/// same operations for groups and roles, and ListEntitiesForPolicy.
enum AttachedPolicies {
    static let operations: [QueryOperation] =
        EntityKind.user.attachmentOperations + EntityKind.group.attachmentOperations
        + EntityKind.role.attachmentOperations + [QueryOperation("ListEntitiesForPolicy", on: Policies.arn, list)]

    /// Source: IAM API Reference, ListEntitiesForPolicy, `EntityFilter`.
    private enum Kind: String, CaseIterable {
        case user = "User"
        case role = "Role"
        case group = "Group"
        case localPolicy = "LocalManagedPolicy"
        case awsPolicy = "AWSManagedPolicy"
    }

    /// Lists the entities to which a policy is attached, or whose boundary it is.
    @Sendable private static func list(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let arn = try call.parameters.required("PolicyArn")
        guard call.request.snapshot.document(ofPolicy: arn) != nil else { throw Policies.missing(arn) }
        let usage = try call.parameters.choice("PolicyUsageFilter", PolicyUsage.self)
        let kind = try call.parameters.choice("EntityFilter", Kind.self)
        let prefix = call.parameters["PathPrefix"] ?? "/"
        func found(_ holders: some Sequence<any IAMPolicyHolder>, _ noun: Kind) -> [Holder] {
            guard kind == nil || kind == noun else { return [] }
            return holders.filter { $0.path.hasPrefix(prefix) && $0.uses(policy: arn, as: usage) }
                .map { Holder(noun: noun.rawValue, name: $0.name, id: $0.id) }
        }
        let directory = call.directory
        let holders =
            found(directory.groups.values.map { $0 }, .group) + found(directory.users.values.map { $0 }, .user)
            + found(directory.roles.values.map { $0 }, .role)
        let page = try IAMPage(holders, of: call.parameters) { "\($0.noun) \(IAMNames.order($0.name))" }
        return QueryAnswer { xml in
            for noun in [Kind.group, .user, .role].map(\.rawValue) {
                xml.list("Policy\(noun)s", page.items.filter { $0.noun == noun }) { xml, holder in
                    xml.element("\(noun)Name", holder.name)
                    xml.element("\(noun)Id", holder.id)
                }
            }
            page.writeEnd(&xml)
        }
    }

    private struct Holder: Sendable {
        /// `User`, as it appears in the names of elements.
        let noun: String
        let name: String
        let id: String
    }
}

extension IAMPolicyHolder {
    /// - Parameter usage: nil for any usage.
    fileprivate func uses(policy arn: String, as usage: PolicyUsage?) -> Bool {
        let boundary = (self as? IAMUser)?.boundary ?? (self as? IAMRole)?.boundary
        return (usage != .boundary && attachedPolicies.contains(arn)) || (usage != .permissions && boundary == arn)
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

    /// Attaches a policy; attaching it again changes nothing.
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
            directory[keyPath: entities][holder.name] = holder
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
        // AWS and the customer may each have a policy with the same name.
        let page = try IAMPage(attached, of: call.parameters) { "\(IAMNames.order($0.name)) \($0.arn)" }
        return .list("AttachedPolicies", page) { xml, policy in
            xml.element("PolicyName", policy.name)
            xml.element("PolicyArn", policy.arn)
        }
    }
}
