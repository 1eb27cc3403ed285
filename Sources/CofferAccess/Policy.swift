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
    package init(document: [UInt8], bucket: BucketName) throws(S3Error) {
        try self.init(document: document, kind: .bucket(bucket))
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
    package init(trustDocument document: [UInt8]) throws(S3Error) {
        try self.init(document: document, kind: .trust)
    }

    private init(document: [UInt8], kind: PolicyKind, name: String? = nil) throws(S3Error) {
        do throws(PolicyRefusal) {
            statements = try PolicyReader(kind: kind, document: document).statements()
        } catch {
            throw kind.malformed(error.fault)
        }
        self.name = name
    }

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

    /// The ARNs that its statements name as principals, for who knows which of them there are.
    package var principalARNs: Set<String> {
        statements.reduce(into: []) { $0.formUnion($1.principals?.arns ?? []) }
    }
}
