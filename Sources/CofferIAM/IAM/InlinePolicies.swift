import CofferAccess
import CofferModel
import CofferStorage

/// Policies that belong to one user, group or role: PutUserPolicy, GetUserPolicy, DeleteUserPolicy, ListUserPolicies,
/// and the same operations for groups and roles.
enum InlinePolicies {
    static let operations: [QueryOperation] =
        EntityKind.user.inlineOperations + EntityKind.group.inlineOperations + EntityKind.role.inlineOperations
}

extension EntityKind where Entity: IAMPolicyHolder {
    fileprivate var inlineOperations: [QueryOperation] {
        [
            QueryOperation("Put\(noun)Policy", on: arn, put), QueryOperation("Get\(noun)Policy", on: arn, get),
            QueryOperation("Delete\(noun)Policy", on: arn, delete),
            QueryOperation("List\(noun)Policies", on: arn, list),
        ]
    }

    @Sendable private func put(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let policy = try policyName(call)
        let document = try call.parameters.required("PolicyDocument")
        _ = try Policy(identityDocument: Array(document.utf8))
        try await change(call) { holder throws(S3Error) in
            holder.inlinePolicies[policy] = document
            let count = holder.inlinePolicies.values.reduce(0) { $0 + $1.policyCharacterCount }
            guard count <= inlineLimit else {
                throw S3Error(
                    .limitExceeded,
                    "Maximum policy size of \(inlineLimit) bytes exceeded for \(resource) \(holder.name)")
            }
        }
        return .nothing
    }

    @Sendable private func get(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let policy = try policyName(call)
        let holder = try find(call)
        guard let document = holder.inlinePolicies[policy] else { throw missing(policy) }
        return QueryAnswer { xml in
            xml.element(parameter, holder.name)
            xml.element("PolicyName", policy)
            xml.document("PolicyDocument", document)
        }
    }

    @Sendable private func delete(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let policy = try policyName(call)
        try await change(call) { holder throws(S3Error) in
            guard holder.inlinePolicies.removeValue(forKey: policy) != nil else { throw missing(policy) }
        }
        return .nothing
    }

    @Sendable private func list(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let page = try IAMPage(try find(call).inlinePolicies.keys, of: call.parameters) { IAMNames.order($0) }
        return QueryAnswer { xml in
            xml.element("PolicyNames") { xml in
                for name in page.items { xml.element("member", name) }
            }
            page.writeEnd(&xml)
        }
    }

    private func policyName(_ call: AuthorizedQuery) throws(S3Error) -> String {
        try EntityKind<IAMPolicy>.policy.name(call.parameters)
    }

    private func missing(_ policy: String) -> S3Error {
        .noSuchEntity("The \(resource) policy with name \(policy) cannot be found.")
    }
}
