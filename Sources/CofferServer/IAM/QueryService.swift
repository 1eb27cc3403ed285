import CofferCrypto
import CofferHTTP
import CofferModel
import CofferSigning

/// A service of AWS's query protocol. These services share the port with S3: their requests go to `/` and name their
/// operation in the parameter `Action`, in the body or the query.
enum QueryService: String, Sendable {
    case iam
    case sts

    /// Finds the service of a request by its credential scope. A request without one belongs to IAM if it is a form
    /// posted to `/`, which S3 has no use for, and to STS if it asks for an operation that needs no signature.
    ///
    /// - Parameter isForBucket: whether the host names a bucket.
    /// - Returns: nil for a request to S3.
    init?(_ head: HTTPRequestHead, isForBucket: Bool) {
        let target = head.target.utf8
        guard target.first == UInt8(ascii: "/"), target.count == 1 || target.dropFirst().first == UInt8(ascii: "?")
        else {
            return nil
        }
        let query = try? Query(Substring(target.dropFirst(2)))  // A malformed query names no service.
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

    /// The version of the API.
    var version: String {
        switch self {
        case .iam: "2010-05-08"
        case .sts: "2011-06-15"
        }
    }

    /// The namespace of response documents.
    var namespace: String { "https://\(rawValue).amazonaws.com/doc/\(version)/" }

    var operations: [String: QueryOperation] {
        switch self {
        case .iam: Self.iamOperations
        case .sts: Self.stsOperations
        }
    }

    /// The rules for the parameters of the service's operations.
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

    /// Returns the access key that a request names, before its signature is verified, with the token of temporary
    /// credentials; nil if it names none.
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
    /// The operation's name in the API Reference; prefixed with the service, it is the action that the caller needs.
    let name: String
    /// The ARN of the operation's resource; nil if any signed caller may request it, or if the operation checks the
    /// permission itself.
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

/// The result of an operation: its content, or nothing.
struct QueryAnswer: Sendable {
    let result: (@Sendable (inout XMLWriter) -> Void)?

    init(_ result: @escaping @Sendable (inout XMLWriter) -> Void) { self.result = result }
    private init() { result = nil }

    static let nothing = QueryAnswer()
}
