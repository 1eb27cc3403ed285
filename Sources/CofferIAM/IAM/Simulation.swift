import CofferAccess
import CofferModel
import CofferStorage

/// SimulatePrincipalPolicy and SimulateCustomPolicy, which report what policies would decide, using the evaluation that
/// decides actual requests.
///
/// Source: IAM API Reference, SimulatePrincipalPolicy and SimulateCustomPolicy.
enum Simulation {
    static let operations: [QueryOperation] = [
        QueryOperation("SimulatePrincipalPolicy", on: source, simulatePrincipal),
        QueryOperation("SimulateCustomPolicy", on: { _ in "*" }, simulateCustom),
    ]

    @Sendable static func source(_ request: QueryRequest) throws(S3Error) -> String? {
        try request.parameters.required("PolicySourceArn")
    }

    @Sendable private static func simulatePrincipal(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let holder = try SimulatedSource(call)
        let policies = try holder.policies + SimulatedPolicy.read(call.parameters, "PolicyInputList")
        let named = call.parameters["CallerArn"].flatMap { $0 == holder.arn ? nil : $0 }
        let caller = try SimulatedCaller(
            named ?? holder.arn, of: call.account, in: named == nil ? call.directory : nil)
        let boundary = try boundary(call.parameters) ?? holder.boundary
        return try answer(call, try Simulated(call, caller, policies, boundary))
    }

    @Sendable private static func simulateCustom(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let policies = try SimulatedPolicy.read(call.parameters, "PolicyInputList")
        guard !policies.isEmpty else {
            throw QueryParameters.invalid("Value null", "PolicyInputList", "Member must not be null")
        }
        let caller = try call.parameters["CallerArn"].map { arn throws(S3Error) in
            try SimulatedCaller(arn, of: call.account, in: nil)
        }
        guard caller != nil || call.parameters["ResourcePolicy"] == nil else {
            throw S3Error(.invalidInput, "CallerArn is required with a ResourcePolicy.")
        }
        let boundary = try boundary(call.parameters)
        return try answer(call, try Simulated(call, caller ?? .anybody(call.account), policies, boundary))
    }

    private static func boundary(_ parameters: QueryParameters) throws(S3Error) -> SimulatedPolicy? {
        let boundaries = try SimulatedPolicy.read(parameters, "PermissionsBoundaryPolicyInputList")
        guard boundaries.count <= 1 else {
            throw S3Error(.invalidInput, "Only one permissions boundary can be simulated at a time.")
        }
        return boundaries.first
    }

    /// Evaluates each action on each resource. A page may have fewer results than requested, since the bytes of
    /// policies that it reads are limited.
    private static func answer(_ call: AuthorizedQuery, _ simulated: Simulated) throws(S3Error) -> QueryAnswer {
        let actions = try actions(call.parameters)
        let named = try resources(call.parameters)
        let resources = named.isEmpty ? ["*"] : named
        let most = Simulated.decisionCount(
            documentByteCount: simulated.documentByteCount, valueByteCount: simulated.valueByteCount)
        let page = try IAMPage<Simulated.Result>.making(
            actions.count * resources.count, of: call.parameters, most: most
        ) { index throws(S3Error) in
            try simulated.decide(actions[index / resources.count], on: resources[index % resources.count])
        }
        return .list("EvaluationResults", page) { xml, result in xml.result(result) }
    }

    private static func actions(_ parameters: QueryParameters) throws(S3Error) -> [String] {
        let actions = try parameters.texts("ActionNames", atMost: IAMLimits.simulatedActions)
        guard !actions.isEmpty else {
            throw QueryParameters.invalid("Value null", "ActionNames", "Member must not be null")
        }
        for action in actions {
            let isName = action.utf8.contains(UInt8(ascii: ":")) && !action.utf8.contains(UInt8(ascii: "*"))
            guard isName, (3...128).contains(action.utf8.count) else {
                throw S3Error(.invalidInput, "Invalid action name: \(action)")
            }
        }
        return actions
    }

    static func resources(_ parameters: QueryParameters) throws(S3Error) -> [String] {
        let resources = try parameters.texts("ResourceArns", atMost: IAMLimits.simulatedResources)
        for resource in resources where !(1...2048).contains(resource.utf8.count) {
            throw QueryParameters.invalid(
                "Value", "ResourceArns", "Member must have length between 1 and 2048, inclusive")
        }
        return resources
    }
}

extension QueryParameters {
    /// - Throws: `ValidationError` for a list with too many members.
    func texts(_ name: String, atMost limit: Int) throws(S3Error) -> [String] {
        let texts = texts(name)
        guard texts.count <= limit else {
            throw Self.invalid(
                "Value of \(texts.count) members", name, "Member must have length less than or equal to \(limit)")
        }
        return texts
    }
}

extension XMLWriter {
    fileprivate mutating func result(_ result: Simulated.Result) {
        element("EvalActionName", result.action)
        element("EvalResourceName", result.resource)
        element("EvalDecision", result.decision.evaluated)
        details(of: result)
        // Like AWS, report no further details for `*`.
        guard result.resource != "*" else { return }
        decisionDetails(result.contributions)
        list("ResourceSpecificResults", [result]) { xml, result in
            xml.element("EvalResourceName", result.resource)
            xml.element("EvalResourceDecision", result.decision.evaluated)
            xml.details(of: result)
            xml.decisionDetails(result.contributions)
        }
    }

    private mutating func details(of result: Simulated.Result) {
        list("MatchedStatements", result.matched) { xml, statement in
            xml.element("SourcePolicyId", statement.policy.id)
            xml.element("SourcePolicyType", statement.policy.type)
            xml.position("StartPosition", statement.span.start)
            xml.position("EndPosition", statement.span.end)
        }
        element("MissingContextValues") { xml in
            for key in result.missingKeys { xml.element("member", key) }
        }
        if let isWithin = result.isWithinBoundary {
            element("PermissionsBoundaryDecisionDetail") {
                $0.element("AllowedByPermissionsBoundary", String(isWithin))
            }
        }
    }

    private mutating func position(_ name: String, _ position: TextPosition) {
        element(name) { xml in
            xml.element("Line", String(position.line))
            xml.element("Column", String(position.column))
        }
    }

    private mutating func decisionDetails(_ contributions: [(source: String, decision: String)]) {
        element("EvalDecisionDetails") { xml in
            for contribution in contributions {
                xml.element("entry") { xml in
                    xml.element("key", contribution.source)
                    xml.element("value", contribution.decision)
                }
            }
        }
    }
}

extension Decision {
    /// The decision's name in IAM's simulator.
    fileprivate var evaluated: String {
        switch self {
        case .allowed: "allowed"
        case .denied: "explicitDeny"
        case .notAllowed: "implicitDeny"
        }
    }
}
