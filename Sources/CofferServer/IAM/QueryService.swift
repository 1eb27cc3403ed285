import CofferCrypto
import CofferHTTP
import CofferModel
import CofferSigning

/// A service of AWS's query protocol, which share the port with S3: their requests go to `/` and name their operation in
/// the parameter `Action`, of the body or of the query.
enum QueryService: String, Sendable {
    case iam
    case sts

    /// Finds the service that a request is for, by its credential scope. One without is taken for IAM's if it is a form
    /// posted to `/`, which is nothing to S3, and for STS's if it asks for what nobody signs.
    ///
    /// - Parameter isForBucket: whether the host names a bucket.
    /// - Returns: nil for a request to S3.
    init?(_ head: HTTPRequestHead, isForBucket: Bool) {
        let target = head.target.utf8
        guard target.first == UInt8(ascii: "/"), target.count == 1 || target.dropFirst().first == UInt8(ascii: "?")
        else {
            return nil
        }
        let query = try? Query(Substring(target.dropFirst(2)))  // A broken query names no service.
        let credential = query?["X-Amz-Credential"]
        if let name = Self.scope(head.headers["authorization"] ?? "") ?? credential.flatMap(Self.service) {
            self.init(rawValue: name)
            return
        }
        if !isForBucket, head.headers["authorization"] == nil, ProvidedIdentities.areNamed(in: query) {
            self = .sts
            return
        }
        let isForm = head.headers["content-type"]?.hasPrefix("application/x-www-form-urlencoded") == true
        guard head.method == "POST", isForm, !isForBucket, head.headers["authorization"] == nil else { return nil }
        self = .iam
    }

    /// The versions of the APIs that are served.
    var version: String {
        switch self {
        case .iam: "2010-05-08"
        case .sts: "2011-06-15"
        }
    }

    /// Of the documents that answer.
    var namespace: String { "https://\(rawValue).amazonaws.com/doc/\(version)/" }

    var operations: [String: QueryOperation] {
        switch self {
        case .iam: Self.iamOperations
        case .sts: Self.stsOperations
        }
    }

    /// What the parameters of its operations may be.
    var rules: [String: [ParameterRule]] {
        switch self {
        case .iam: ParameterRule.iam
        case .sts: ParameterRule.sts
        }
    }

    private static let iamOperations = table(
        Users.operations + AccessKeys.operations + Groups.operations + Roles.operations + Policies.operations
            + PolicyVersions.operations + AttachedPolicies.operations + InlinePolicies.operations
            + Boundaries.operations + Simulation.operations + ContextKeys.operations + AccountOverview.operations
            + AuthorizationDetails.operations + UnsupportedIAMResources.operations + ExplainRequest.operations)

    private static let stsOperations = table(
        CallerIdentity.operations + RoleSessions.operations + UserSessions.operations + ProvidedIdentities.operations)

    private static func table(_ operations: [QueryOperation]) -> [String: QueryOperation] {
        Dictionary(uniqueKeysWithValues: operations.map { ($0.name, $0) })
    }

    /// The access key that a request names, before its signature is looked at, with the token of a temporary one; nil if
    /// it names none.
    static func credentials(_ head: HTTPRequestHead) -> (accessKeyID: String, sessionToken: String?)? {
        if let credential = credential(head.headers["authorization"] ?? "") {
            return accessKeyID(credential).map { ($0, head.headers["x-amz-security-token"]) }
        }
        let query = try? Query(Substring(head.target.utf8.drop { $0 != UInt8(ascii: "?") }.dropFirst()))  // As above.
        return query?["X-Amz-Credential"].flatMap(accessKeyID).map { ($0, query?["X-Amz-Security-Token"]) }
    }

    private static func accessKeyID(_ credential: String) -> String? {
        credential.split(at: "/").first.map(String.init)
    }

    private static func scope(_ authorization: String) -> String? { credential(authorization).flatMap(service) }

    private static func credential(_ authorization: String) -> String? {
        guard authorization.hasPrefix("AWS4-"),
            let credential = authorization.split(separator: "Credential=", maxSplits: 1).dropFirst().first
        else { return nil }
        return String(credential.prefix { $0 != "," && $0 != " " })
    }

    private static func service(_ credential: String) -> String? {
        let parts = credential.split(at: "/", keepingEmpty: true)
        return parts.count >= 5 ? String(parts[parts.count - 2]) : nil
    }
}

/// An operation of a query service.
struct QueryOperation: Sendable {
    /// The name in the API Reference; with the service before it, it is the IAM action that it needs.
    let name: String
    /// The ARN of what it is about; nil if anyone who signs may ask for it, or if the operation itself decides.
    let resource: @Sendable (QueryRequest) throws(S3Error) -> String?
    let perform: @Sendable (AuthorizedQuery) async throws(S3Error) -> QueryAnswer

    init(
        _ name: String, on resource: @escaping @Sendable (QueryRequest) throws(S3Error) -> String?,
        _ perform: @escaping @Sendable (AuthorizedQuery) async throws(S3Error) -> QueryAnswer
    ) {
        self.name = name
        self.resource = resource
        self.perform = perform
    }
}

/// What an operation answers: the content of its result, or nothing.
struct QueryAnswer: Sendable {
    let result: (@Sendable (inout XMLWriter) -> Void)?

    init(_ result: @escaping @Sendable (inout XMLWriter) -> Void) { self.result = result }
    private init() { result = nil }

    static let nothing = QueryAnswer()
}
