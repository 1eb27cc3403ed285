package import CofferModel

/// A policy document, parsed once and compiled for evaluation.
///
/// Source: IAM User Guide, "IAM JSON policy element reference".
package struct Policy: Sendable {
    let statements: [Statement]
    /// The policy's name in explanations, if a principal has several policies: a managed policy's ARN, or an inline
    /// policy's name.
    package var name: String?

    /// A statement, which applies to some principals, actions and resources, under conditions.
    ///
    /// A class, so that accessing a statement retains one reference instead of one for each of its properties.
    final class Statement: Sendable {
        let id: String?
        let isAllow: Bool
        /// nil in policies that are attached to the principal.
        let principals: PrincipalPatterns?
        let actions: [Pattern]
        let isNotAction: Bool
        /// nil in trust policies, which apply to their own role.
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

    /// Reads a policy of a user, group or role: a managed policy, a permissions boundary, or a session policy.
    ///
    /// - Throws: `MalformedPolicyDocument` with IAM's reason.
    package init(identityDocument document: [UInt8], name: String? = nil) throws(S3Error) {
        try self.init(document: document, kind: .identity, name: name)
    }

    /// Reads the trust policy of a role, which determines who may assume it.
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

    /// A policy without statements: as a trust policy, it trusts no one.
    package static let empty = Policy(statements: [])

    package var statementCount: Int { statements.count }

    /// The condition keys that the policy's conditions and variables name, as written, each once.
    package var contextKeys: [ConditionKey] {
        var known: Set<String> = []
        let keys = statements.flatMap { statement in
            statement.conditions.flatMap { [$0.key] + $0.test.variables }
                + (statement.resources ?? []).flatMap(\.variables)
        }
        return keys.filter { known.insert($0.text).inserted }
    }

    /// The unique ids of the users and roles that the policy names, by their names in the document.
    package var principalIDs: [String: String] {
        statements.reduce(into: [:]) { ids, statement in
            ids.merge(statement.principals?.idsByName ?? [:]) { first, _ in first }
        }
    }

    /// The ARNs that statements use instead of unique ids, for callers that know which of them exist.
    package var principalARNs: Set<String> {
        statements.reduce(into: []) { $0.formUnion($1.principals?.arns ?? []) }
    }
}
