package import CofferModel

/// A policy document, read once and compiled for evaluation.
///
/// Source: IAM User Guide, "IAM JSON policy element reference".
package struct Policy: Sendable {
    let statements: [Statement]

    /// A statement: applies to some principals, actions and resources, under conditions.
    struct Statement: Sendable {
        var id: String?
        var isAllow: Bool
        var principals: PrincipalPatterns?
        var actions: [Pattern]
        var isNotAction = false
        var resources: [Pattern]
        var isNotResource = false
        var conditions: [Condition] = []
    }

    init(statements: [Statement]) { self.statements = statements }

    /// Reads a bucket policy.
    ///
    /// - Throws: `MalformedPolicy` with the reason, in AWS's words where it has them.
    package init(document: [UInt8], bucket: BucketName) throws(S3Error) {
        guard document.count <= Limits.policyByteCount else {
            throw Self.malformed("Policy exceeds the maximum allowed document size.")
        }
        guard document.first == UInt8(ascii: "{"), let members = JSONValue(document: document)?.object else {
            throw Self.malformed("Policies must be valid JSON and the first byte must be '{'")
        }
        try Self.checkNames(members, allowed: ["Version", "Id", "Statement"])
        if let version = members["Version"], !["2012-10-17", "2008-10-17"].contains(version.strings?.first) {
            throw Self.malformed("The policy must contain a valid version string")
        }
        var items: [JSONValue]
        switch members["Statement"] {
        case .array(let list): items = list
        case .object(let statement): items = [.object(statement)]
        default: throw Self.malformed("Missing required field Statement")
        }
        if items.isEmpty { items = [.null] }
        var statements: [Statement] = []
        for item in items {
            guard let members = item.object else { throw Self.malformed("Statement must be an object") }
            statements.append(try Statement(members, bucket: bucket))
        }
        self.statements = statements
    }

    static func malformed(_ reason: String) -> S3Error { S3Error(.malformedPolicy, reason) }

    static func checkNames(_ members: [String: JSONValue], allowed: Set<String>) throws(S3Error) {
        for name in members.keys.sorted() where !allowed.contains(name) {
            throw malformed("Unknown field \(name)")
        }
    }
}

extension Policy.Statement {
    private static let names: Set<String> = [
        "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
    ]

    fileprivate init(_ members: [String: JSONValue], bucket: BucketName) throws(S3Error) {
        try Policy.checkNames(members, allowed: Self.names)
        switch members["Effect"]?.strings {
        case ["Allow"]: isAllow = true
        case ["Deny"]: isAllow = false
        case nil: throw Policy.malformed("Missing required field Effect")
        default: throw Policy.malformed("Invalid effect: \(members["Effect"]?.strings?.joined() ?? "")")
        }
        id = members["Sid"]?.strings?.first
        principals = try PrincipalPatterns(members)
        (actions, isNotAction) = try Self.patterns("Action", members)
        (resources, isNotResource) = try Self.patterns("Resource", members)
        try Self.checkActions(members)
        try Self.checkResources(members, bucket: bucket)
        conditions = try Condition.all(members["Condition"])
    }

    /// The patterns of `Action` or `NotAction`, `Resource` or `NotResource`: exactly one of the two.
    private static func patterns(
        _ name: String, _ members: [String: JSONValue]
    ) throws(S3Error) -> (patterns: [Pattern], isNegated: Bool) {
        guard let value = members[name] ?? members["Not\(name)"] else {
            throw Policy.malformed("Missing required field \(name)")
        }
        guard members[name] == nil || members["Not\(name)"] == nil else {
            throw Policy.malformed("A statement has either \(name) or Not\(name)")
        }
        guard let texts = value.strings, !texts.isEmpty else {
            throw Policy.malformed("Policy has invalid \(name.lowercased())")
        }
        let isAction = name == "Action"
        return (texts.map { Pattern(isAction ? $0.lowercased() : $0) }, members[name] == nil)
    }

    private static func checkActions(_ members: [String: JSONValue]) throws(S3Error) {
        for action in (members["Action"] ?? members["NotAction"])?.strings ?? [] {
            guard action == "*" || action.lowercased().hasPrefix("s3:") else {
                throw Policy.malformed("Policy has invalid action")
            }
        }
    }

    private static func checkResources(_ members: [String: JSONValue], bucket: BucketName) throws(S3Error) {
        let arn = "arn:aws:s3:::\(bucket)"
        for resource in (members["Resource"] ?? members["NotResource"])?.strings ?? [] {
            guard !resource.contains("${") else { throw Policy.malformed("Policy variables are not supported") }
            let isOwn = resource == arn || resource.hasPrefix(arn + "/") || resource == arn + "*"
            guard isOwn else { throw Policy.malformed("Policy has invalid resource") }
        }
    }
}
