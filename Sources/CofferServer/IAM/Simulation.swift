import CofferAccess
import CofferModel
import CofferStorage

/// SimulatePrincipalPolicy, SimulateCustomPolicy: what policies would decide, by the same evaluation that decides.
enum Simulation {
    static let operations: [QueryOperation] = [
        QueryOperation("SimulatePrincipalPolicy", on: source, simulatePrincipal),
        QueryOperation("SimulateCustomPolicy", on: { _ in "*" }, simulateCustom),
    ]

    /// A policy with its name and kind in the answer.
    fileprivate struct Source: Sendable {
        let id: String
        let type: String
        let policy: Policy
    }

    @Sendable private static func source(_ request: QueryRequest) throws(S3Error) -> String? {
        try request.parameters.required("PolicySourceArn")
    }

    @Sendable private static func simulatePrincipal(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let arn = try call.parameters.required("PolicySourceArn")
        let found = try holders(arn, call)
        var sources: [Source] = []
        for holder in found.holders { sources += self.sources(of: holder, call.request.snapshot) }
        sources += try custom(call.parameters, "PolicyInputList")
        var boundary = try self.boundary(call.parameters)
        if boundary == nil, let document = found.boundary.flatMap(call.request.snapshot.document(ofPolicy:)) {
            boundary = call.request.snapshot.policy(ofDocument: document)
        }
        return try answer(call, found.principal, sources, boundary)
    }

    @Sendable private static func simulateCustom(_ call: AuthorizedQuery) async throws(S3Error) -> QueryAnswer {
        let sources = try custom(call.parameters, "PolicyInputList")
        let principal = Principal.user(name: "simulated", call.account)
        return try answer(call, principal, sources, try boundary(call.parameters))
    }

    // MARK: Policies

    private typealias Holders = (holders: [any IAMPolicyHolder], principal: Principal, boundary: String?)

    /// The user, group or role of an ARN, with the groups of a user.
    private static func holders(_ arn: String, _ call: AuthorizedQuery) throws(S3Error) -> Holders {
        let (directory, account) = (call.directory, call.account)
        let name = String(arn.split(at: "/").last ?? "")
        if let user = directory.users[name], user.arn(in: account) == arn {
            let groups = directory.groups.values.filter { user.groupIDs.contains($0.id) }
            return ([user] + groups, .user(User(user, account)), user.boundary)
        }
        let group = directory.groups[name].flatMap { $0.arn(in: account) == arn ? $0 : nil }
        if let group { return ([group], .user(name: "simulated", account), nil) }
        guard let role = directory.roles[name], role.arn(in: account) == arn else {
            throw .noSuchEntity("The entity \(arn) cannot be found.")
        }
        let session = RoleSession(
            role: Role(name: role.name, path: role.path, id: role.id, account: account), name: "simulated")
        return ([role], .assumedRole(session), role.boundary)
    }

    private static func sources(of holder: any IAMPolicyHolder, _ snapshot: IdentitySnapshot) -> [Source] {
        var sources: [Source] = []
        for arn in holder.attachedPolicies {
            guard let document = snapshot.document(ofPolicy: arn) else { continue }
            let type = ManagedPolicy(arn: arn) == nil ? "user-managed" : "aws-managed"
            sources.append(
                Source(
                    id: String(arn.split(at: "/").last ?? ""), type: type,
                    policy: snapshot.policy(ofDocument: document)))
        }
        let type = holder is IAMUser ? "user" : holder is IAMGroup ? "group" : "role"
        for (name, document) in holder.inlinePolicies {
            sources.append(
                Source(
                    id: "\(type)_\(holder.name)_\(name)", type: type,
                    policy: snapshot.policy(ofDocument: document)))
        }
        return sources
    }

    private static func custom(_ parameters: QueryParameters, _ name: String) throws(S3Error) -> [Source] {
        var sources: [Source] = []
        for (index, document) in try texts(parameters, name, IAMLimits.simulatedPolicies).enumerated() {
            sources.append(
                Source(
                    id: "\(name).\(index + 1)", type: "none",
                    policy: try Policy(identityDocument: Array(document.utf8))))
        }
        return sources
    }

    /// - Throws: `ValidationError` for a list with more than some members.
    private static func texts(
        _ parameters: QueryParameters, _ name: String, _ limit: Int
    ) throws(S3Error) -> [String] {
        let texts = parameters.texts(name)
        guard texts.count <= limit else {
            throw QueryParameters.invalid(
                "Value of \(texts.count) members", name, "Member must have length less than or equal to \(limit)")
        }
        return texts
    }

    private static func boundary(_ parameters: QueryParameters) throws(S3Error) -> Policy? {
        try custom(parameters, "PermissionsBoundaryPolicyInputList").first?.policy
    }

    // MARK: Results

    fileprivate struct Result: Sendable {
        let action: String
        let resource: String
        let decision: Decision
        let matched: [Source]
        /// nil if there is no boundary.
        let isWithinBoundary: Bool?
    }

    private static func answer(
        _ call: AuthorizedQuery, _ principal: Principal, _ sources: [Source], _ boundary: Policy?
    ) throws(S3Error) -> QueryAnswer {
        let actions = try self.actions(call.parameters)
        let named = try texts(call.parameters, "ResourceArns", IAMLimits.simulatedResources)
        let resources = named.isEmpty ? ["*"] : named
        let values = contextValues(call.parameters)
        let count = actions.count * resources.count
        let page = try Page<Result>.making(count, of: call.parameters) { index throws(S3Error) in
            let request = AccessRequest(
                principal: principal, action: actions[index / resources.count],
                resource: resources[index % resources.count], value: { key in values[key.text] })
            return try simulate(request, sources, boundary)
        }
        return .list("EvaluationResults", page) { xml, result in xml.result(result) }
    }

    private static func actions(_ parameters: QueryParameters) throws(S3Error) -> [String] {
        let actions = try texts(parameters, "ActionNames", IAMLimits.simulatedActions)
        guard !actions.isEmpty else {
            throw QueryParameters.invalid("Value null", "ActionNames", "Member must not be null")
        }
        for action in actions where !action.utf8.contains(UInt8(ascii: ":")) {
            throw S3Error(.invalidInput, "Invalid action name: \(action)")
        }
        return actions
    }

    private static func simulate(
        _ request: AccessRequest, _ sources: [Source], _ boundary: Policy?
    ) throws(S3Error) -> Result {
        func decide(_ policies: [Policy]) throws(S3Error) -> Decision {
            try evaluate(request, PolicySet(identity: policies)).decision
        }
        var matched: [Source] = []
        for source in sources {
            if case .notAllowed = try decide([source.policy]) { continue }
            matched.append(source)
        }
        return Result(
            action: request.action, resource: request.resource,
            decision: try evaluate(
                request, PolicySet(identity: sources.map(\.policy), boundary: boundary)
            ).decision,
            matched: matched,
            isWithinBoundary: try boundary.map { policy throws(S3Error) in try decide([policy]).isAllowed })
    }

    private static func contextValues(_ parameters: QueryParameters) -> [String: [String]] {
        var values: [String: [String]] = [:]
        for entry in parameters.structures("ContextEntries") {
            guard let key = entry["ContextKeyName"] else { continue }
            values[key.lowercased()] = entry.texts("ContextKeyValues")
        }
        return values
    }
}

extension XMLWriter {
    fileprivate mutating func result(_ result: Simulation.Result) {
        element("EvalActionName", result.action)
        element("EvalResourceName", result.resource)
        switch result.decision {
        case .allowed: element("EvalDecision", "allowed")
        case .denied: element("EvalDecision", "explicitDeny")
        case .notAllowed: element("EvalDecision", "implicitDeny")
        }
        list("MatchedStatements", result.matched) { xml, source in
            xml.element("SourcePolicyId", source.id)
            xml.element("SourcePolicyType", source.type)
        }
        element("MissingContextValues") { _ in }
        if let isWithin = result.isWithinBoundary {
            element("PermissionsBoundaryDecisionDetail") {
                $0.element("AllowedByPermissionsBoundary", String(isWithin))
            }
        }
    }
}
