/// A queue of actions that have been found but not begun, up to a limit.
struct ActionsAhead {
    var isComplete: Bool
    private var actions: ArraySlice<Action> = []
    private var objectCount = 0

    init(isComplete: Bool = false) { self.isComplete = isComplete }

    private static let objectLimit = 10_000

    var hasRoom: Bool { !isComplete && objectCount < Self.objectLimit }

    mutating func append(_ action: Action) {
        actions.append(action)
        objectCount += action.objectCount
    }

    mutating func popFirst() -> Action? {
        let action = actions.popFirst()
        objectCount -= action?.objectCount ?? 0
        return action
    }

    /// Drops the remaining actions, including those still in the plan.
    ///
    /// - Returns: whether there were any.
    mutating func abandon<Steps: Plan>(_ plan: inout Steps) async throws -> Bool {
        var isAnyLeft = !actions.isEmpty
        if !isAnyLeft, !isComplete { isAnyLeft = try await plan.next() != nil }
        self = ActionsAhead(isComplete: true)
        return isAnyLeft
    }
}

extension Action {
    fileprivate var objectCount: Int {
        if case .delete(_, let objects) = self { objects.count } else { 1 }
    }
}
