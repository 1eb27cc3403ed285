extension Evaluation {
    /// The reason for the decision; if nothing allowed the request, also the statement that came closest to
    /// allowing it.
    package var reason: String {
        guard case .notAllowed = decision, let nearest else { return decision.description }
        return "\(decision); closest match: \(nearest)"
    }

    private var nearest: StatementTrace? {
        trace.filter { $0.isAllow && $0.outcome.nearness > 0 }.max { $0.outcome.nearness < $1.outcome.nearness }
    }
}

extension StatementTrace.Outcome {
    /// How many elements of a statement that does not apply match nevertheless.
    fileprivate var nearness: Int {
        switch self {
        case .matched, .otherAction: 0
        case .otherResource: 1
        case .otherPrincipal: 2
        case .condition: 3
        }
    }
}
