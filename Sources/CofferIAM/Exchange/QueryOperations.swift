/// The operations of IAM and STS, by their names.
package struct QueryOperations: Sendable {
    private let iam: [String: QueryOperation]
    private let sts: [String: QueryOperation]

    /// - Parameter extensions: operations of IAM that AWS does not have.
    package init(extensions: [QueryOperation]) {
        iam = Self.table(Self.ofIAM + extensions)
        sts = Self.table(Self.ofSTS)
    }

    func operation(_ name: String, of service: QueryService) -> QueryOperation? {
        switch service {
        case .iam: iam[name]
        case .sts: sts[name]
        }
    }

    private static let ofIAM =
        Users.operations + AccessKeys.operations + Groups.operations + Roles.operations + Policies.operations
        + PolicyVersions.operations + AttachedPolicies.operations + InlinePolicies.operations + Boundaries.operations
        + Simulation.operations + ContextKeys.operations + AccountOverview.operations + AuthorizationDetails.operations
        + UnsupportedIAMResources.operations

    private static let ofSTS =
        CallerIdentity.operations + RoleSessions.operations + UserSessions.operations + ProvidedIdentities.operations

    private static func table(_ operations: [QueryOperation]) -> [String: QueryOperation] {
        Dictionary(uniqueKeysWithValues: operations.map { ($0.name, $0) })
    }
}

extension QueryService {
    /// The rules for the parameters of the service's operations.
    var rules: [String: [ParameterRule]] {
        switch self {
        case .iam: ParameterRule.iam
        case .sts: ParameterRule.sts
        }
    }
}
