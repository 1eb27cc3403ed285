import CofferAccess
import CofferModel

/// The inputs of a simulation: the caller, the policies, and the values of the request.
struct Simulated: Sendable {
    private let caller: SimulatedCaller
    private let policies: [SimulatedPolicy]
    private let boundary: SimulatedPolicy?
    private let resourcePolicy: SimulatedPolicy?
    /// The account that owns a resource whose ARN names no account.
    private let owner: String
    /// The values of condition keys, by the keys' names in lower case.
    private let values: [String: [String]]

    /// - Throws: `InvalidInput`, or `NotImplemented` for a parameter that would affect the decision but is not
    ///   simulated.
    init(
        _ call: AuthorizedQuery, _ caller: SimulatedCaller, _ policies: [SimulatedPolicy], _ boundary: SimulatedPolicy?
    ) throws(S3Error) {
        let parameters = call.parameters
        for name in ["PolicyExclusionList", "OrderedOrganizationPolicyInputList"]
        where !parameters.structures(name).isEmpty {
            throw S3Error(.notImplemented, "\(name) is not implemented")
        }
        if let option = parameters["ResourceHandlingOption"] {
            throw S3Error(
                .invalidInput,
                "ResourceHandlingOption \(option) applies to EC2, which is not supported: leave it out.")
        }
        self.caller = caller
        self.policies = policies
        self.boundary = boundary
        owner = try Self.owner(parameters) ?? caller.account
        resourcePolicy = try parameters["ResourcePolicy"].map { document throws(S3Error) in
            guard caller.isUser else {
                throw S3Error(.invalidInput, "Simulation of resource-based policies is supported for IAM users only.")
            }
            return try SimulatedPolicy(resourcePolicy: document, of: try Simulation.resources(parameters))
        }
        values = try Self.contextValues(parameters)
    }

    /// The size of all policies.
    var documentByteCount: Int {
        (policies + [boundary, resourcePolicy].compactMap { $0 }).reduce(0) { $0 + $1.byteCount }
    }

    /// The size of the values of condition keys.
    var valueByteCount: Int { values.values.joined().reduce(0) { $0 + $1.utf8.count } }

    /// Returns the maximum number of decisions on a page. Each decision reads all policies, and may match their
    /// patterns against all values.
    static func decisionCount(documentByteCount: Int, valueByteCount: Int) -> Int {
        let usualByteCount = 1024
        let byteCount = documentByteCount * (1 + valueByteCount / usualByteCount)
        return max(1, IAMLimits.simulatedBytes / max(1, byteCount))
    }

    private static func owner(_ parameters: QueryParameters) throws(S3Error) -> String? {
        guard let text = parameters["ResourceOwner"] else { return nil }
        let arn = ARN(text).flatMap { $0.isRoot ? $0 : nil }
        let id = arn?.account ?? text
        guard Account.isID(id) else {
            throw S3Error(
                .invalidInput, "ResourceOwner \(text) is invalid: use an account id, or the ARN of an account's root.")
        }
        return id
    }

    /// Source: IAM API Reference, ContextEntry.
    private enum ContextType: String, CaseIterable {
        case string, stringList, numeric, numericList, boolean, booleanList, ip, ipList, binary, binaryList, date,
            dateList
    }

    private static func contextValues(_ parameters: QueryParameters) throws(S3Error) -> [String: [String]] {
        var values: [String: [String]] = [:]
        for entry in parameters.structures("ContextEntries") {
            guard let key = entry["ContextKeyName"] else { continue }
            guard ConditionKey(key) != nil, (5...256).contains(key.utf8.count) else {
                throw S3Error(.invalidInput, "Invalid context key name: \(key)")
            }
            _ = try entry.choice("ContextKeyType", ContextType.self)
            values[key.lowercased()] = entry.texts("ContextKeyValues")
        }
        return values
    }

    // MARK: Deciding

    /// The decision about an action on a resource, and its reasons.
    struct Result: Sendable {
        let action: String
        let resource: String
        let decision: Decision
        /// The statements that decided it.
        let matched: [(policy: SimulatedPolicy, span: StatementPositions.Span)]
        /// Condition keys that had no value, as policies write them.
        let missingKeys: [String]
        /// nil if there is no boundary.
        let isWithinBoundary: Bool?
        /// Between accounts, the decision of each side; empty within one account.
        let contributions: [(source: String, decision: String)]
    }

    func decide(_ action: String, on resource: String) throws(S3Error) -> Result {
        let account = Self.account(ofARN: resource) ?? owner
        var missing: [String] = []
        var known: Set<String> = []
        let request = AccessRequest(
            principal: caller.principal, action: action, resource: resource, resourceAccount: account,
            value: { key throws(S3Error) in
                if let found = value(of: key, account: account) { return found }
                if known.insert(key.text).inserted { missing.append(key.written) }
                return nil
            })
        let evaluation = try explain(
            request,
            PolicySet(
                identity: policies.indices.map { policies[$0].named(String($0)) }, boundary: boundary?.policy,
                resource: resourcePolicy?.policy))
        let matching = evaluation.trace.filter { $0.outcome == .matched }
        return Result(
            action: action, resource: resource, decision: evaluation.decision,
            matched: matching.filter { Self.decided($0, evaluation.decision) }.compactMap(statement),
            missingKeys: missing,
            isWithinBoundary: boundary.map { _ in Self.contribution(matching, .boundary) == "allowed" },
            contributions: account == caller.account
                ? []
                : [
                    ("IAM Policy", Self.contribution(matching, .identity)),
                    ("Resource Policy", Self.contribution(matching, .resource)),
                ])
    }

    /// Returns a condition key's value: the one given for the simulation or, failing that, one derived from the caller
    /// and the resource.
    private func value(of key: ConditionKey, account: String) -> [String]? {
        if let found = values[key.text] { return found }
        switch key.name {
        case .resourceAccount, .s3ResourceAccount: return [account]
        case let name?: return caller.value(of: name, tag: key.tag).map { [$0] }
        case nil: return nil
        }
    }

    /// Returns the account in an ARN; nil for buckets and objects, whose ARNs have none.
    private static func account(ofARN arn: String) -> String? {
        ARN(arn).flatMap { Account.isID($0.account) ? $0.account : nil }
    }

    /// Returns whether a matching statement contributed to the decision. Those of boundaries are reported separately.
    private static func decided(_ trace: StatementTrace, _ decision: Decision) -> Bool {
        guard trace.statement.source != .boundary else { return false }
        switch decision {
        case .allowed: return trace.isAllow
        case .denied: return !trace.isAllow
        case .notAllowed: return false
        }
    }

    private static func contribution(_ matching: [StatementTrace], _ source: PolicySource) -> String {
        let own = matching.filter { $0.statement.source == source }
        return own.contains { !$0.isAllow } ? "explicitDeny" : own.isEmpty ? "implicitDeny" : "allowed"
    }

    private func statement(
        _ trace: StatementTrace
    ) -> (policy: SimulatedPolicy, span: StatementPositions.Span)? {
        let policy =
            trace.statement.source == .resource
            ? resourcePolicy : trace.statement.policy.flatMap { Int($0) }.map { policies[$0] }
        return policy.map { ($0, $0.spans[trace.statement.index]) }
    }
}
