package import CofferModel

/// A policy document, read once and compiled for evaluation.
///
/// Source: IAM User Guide, "IAM JSON policy element reference".
package struct Policy: Sendable {
    let statements: [Statement]
    /// What explanations call it, where a principal has several: a managed policy's ARN, or an inline one's name.
    package var name: String?

    /// A statement: applies to some principals, actions and resources, under conditions.
    ///
    /// An object, as looking at it then counts one reference and not one for each of its parts.
    final class Statement: Sendable {
        let id: String?
        let isAllow: Bool
        /// nil in policies that are attached to the principal.
        let principals: PrincipalPatterns?
        let actions: [Pattern]
        let isNotAction: Bool
        /// nil in trust policies, which are about their role.
        let resources: [Template]?
        let isNotResource: Bool
        let conditions: [Condition]

        init(
            id: String? = nil, isAllow: Bool, principals: PrincipalPatterns? = nil, actions: [Pattern],
            isNotAction: Bool = false, resources: [Template]?, isNotResource: Bool = false,
            conditions: [Condition] = []
        ) {
            self.id = id
            self.isAllow = isAllow
            self.principals = principals
            self.actions = actions
            self.isNotAction = isNotAction
            self.resources = resources
            self.isNotResource = isNotResource
            self.conditions = conditions
        }
    }

    init(statements: [Statement], name: String? = nil) {
        self.statements = statements
        self.name = name
    }

    /// Reads a bucket policy.
    ///
    /// - Throws: `MalformedPolicy` with the reason, in AWS's words where they are known.
    package init(
        document: [UInt8], bucket: BucketName, principals: PrincipalIDs = .saved([:])
    ) throws(S3Error) {
        try self.init(document: document, kind: .bucket(bucket), principals: principals)
    }

    /// Reads a policy of a user, group or role: a managed policy, a permissions boundary, or the policy of a session.
    ///
    /// - Throws: `MalformedPolicyDocument` with IAM's reason.
    package init(identityDocument document: [UInt8], name: String? = nil) throws(S3Error) {
        try self.init(document: document, kind: .identity, name: name)
    }

    /// Reads the policy that says who may assume a role.
    ///
    /// - Throws: `MalformedPolicyDocument` with IAM's reason.
    package init(trustDocument document: [UInt8], principals: PrincipalIDs = .saved([:])) throws(S3Error) {
        try self.init(document: document, kind: .trust, principals: principals)
    }

    private init(
        document: [UInt8], kind: PolicyKind, name: String? = nil, principals: PrincipalIDs = .saved([:])
    ) throws(S3Error) {
        do throws(PolicyRefusal) {
            statements = try PolicyReader(kind: kind, document: document, principals: principals).statements()
        } catch {
            throw kind.malformed(error.fault)
        }
        self.name = name
    }

    /// A policy that says nothing: a role that has it trusts nobody.
    package static let empty = Policy(statements: [])

    package var statementCount: Int { statements.count }

    /// The condition keys that its conditions and variables name, as they are written, each once.
    package var contextKeys: [ConditionKey] {
        var known: Set<String> = []
        let keys = statements.flatMap { statement in
            statement.conditions.flatMap { [$0.key] + $0.test.variables }
                + (statement.resources ?? []).flatMap(\.variables)
        }
        return keys.filter { known.insert($0.text).inserted }
    }

    /// The unique ids of the users and roles that it names, by the names that stand in it.
    package var principalIDs: [String: String] {
        statements.reduce(into: [:]) { ids, statement in
            ids.merge(statement.principals?.idsByName ?? [:]) { first, _ in first }
        }
    }

    /// The ARNs that its statements go by for want of a unique id, for who knows which of them there are.
    package var principalARNs: Set<String> {
        statements.reduce(into: []) { $0.formUnion($1.principals?.arns ?? []) }
    }
}
