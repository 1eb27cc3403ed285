/// The reason why a request is allowed or not, in words: an ``Evaluation`` as presented to people and programs, and
/// sent over the network.
package struct Explanation: Sendable, Equatable {
    package var isAllowed: Bool
    /// Whether a statement denies the request, so that nothing can allow it.
    package var isDenied: Bool
    package var reason: String
    /// The principal's ARN, or `anonymous`.
    package var principal: String
    package var action: String
    package var resource: String
    /// How each statement affected the request, in the order of the policies.
    package var statements: [Statement]

    package struct Statement: Sendable, Equatable {
        package var isAllow: Bool
        package var source: String
        /// nil if the principal can have only one policy of the kind.
        package var policy: String?
        /// The statement's index, counted from zero.
        package var index: Int
        package var id: String?
        package var matches: Bool
        package var outcome: String

        package init(
            isAllow: Bool, source: String, policy: String?, index: Int, id: String?, matches: Bool, outcome: String
        ) {
            self.isAllow = isAllow
            self.source = source
            self.policy = policy
            self.index = index
            self.id = id
            self.matches = matches
            self.outcome = outcome
        }
    }

    package init(
        isAllowed: Bool, isDenied: Bool, reason: String, principal: String, action: String, resource: String,
        statements: [Statement]
    ) {
        self.isAllowed = isAllowed
        self.isDenied = isDenied
        self.reason = reason
        self.principal = principal
        self.action = action
        self.resource = resource
        self.statements = statements
    }

    package init(_ request: AccessRequest, _ evaluation: Evaluation) {
        self.init(
            isAllowed: evaluation.isAllowed, isDenied: evaluation.decision.isDenied, reason: evaluation.reason,
            principal: request.principal.arn ?? "anonymous", action: request.action, resource: request.resource,
            statements: evaluation.trace.map(Statement.init))
    }
}

extension Explanation.Statement {
    fileprivate init(_ trace: StatementTrace) {
        self.init(
            isAllow: trace.isAllow, source: trace.statement.source.rawValue, policy: trace.statement.policy,
            index: trace.statement.index, id: trace.statement.id, matches: trace.outcome == .matched,
            outcome: trace.outcome.description)
    }

    /// `Allow, statement "Open" of the resource policy: matches`.
    package var text: String {
        let statement = id.flatMap { $0.isEmpty ? nil : "statement \"\($0)\"" } ?? "statement \(index + 1)"
        return
            "\(isAllow ? "Allow" : "Deny"), \(statement) of the \(source)\(policy.map { " \($0)" } ?? ""): \(outcome)"
    }
}
