extension Evaluation {
    /// What decided; and where nothing did, also the statement that came nearest to allowing it.
    package var reason: String {
        guard case .notAllowed = decision, let nearest else { return decision.description }
        return "\(decision); nearest is \(nearest)"
    }

    private var nearest: StatementTrace? {
        trace.filter { $0.isAllow && $0.outcome.nearness > 0 }.max { $0.outcome.nearness < $1.outcome.nearness }
    }
}

extension StatementTrace.Outcome {
    /// How much of a statement that does not apply does nevertheless.
    fileprivate var nearness: Int {
        switch self {
        case .matched, .otherAction: 0
        case .otherResource: 1
        case .otherPrincipal: 2
        case .condition: 3
        }
    }
}
