import CofferSystem
import Synchronization

/// What diagnoses of wrong signatures may cost, all together: a twentieth of one core, and a second at once.
///
/// A diagnosis tries some hundred signatures, and whoever knows an access key id can ask for one with every request.
/// Developers get theirs; who sends wrong signatures in masses gets refusals without a diagnosis, which cost no more than
/// those of right signatures.
package final class DiagnosisBudget: Sendable {
    private let clock: @Sendable () -> Int64
    private let cpuClock: @Sendable () -> Int64
    private let state: Mutex<State>

    /// Nanoseconds.
    private static let capacity: Int64 = 1_000_000_000
    /// One in so many nanoseconds of time may be spent.
    private static let share: Int64 = 20

    private struct State {
        var left = DiagnosisBudget.capacity
        var time: Int64
    }

    /// - Parameters:
    ///   - clock: a time that goes on evenly, in nanoseconds.
    ///   - cpuClock: the CPU time of the thread that asks, in nanoseconds.
    init(clock: @escaping @Sendable () -> Int64, cpuClock: @escaping @Sendable () -> Int64) {
        self.clock = clock
        self.cpuClock = cpuClock
        state = Mutex(State(time: clock()))
    }

    /// By the system's clocks.
    package convenience init() {
        self.init(
            clock: { SystemTime.nanoseconds }, cpuClock: { SystemTime.threadNanoseconds })
    }

    /// Diagnoses, and takes what that cost from the budget.
    ///
    /// - Returns: nil where nothing is left; a single diagnosis may take more than is left.
    func diagnose(_ examine: () -> String?) -> String? {
        guard hasSomeLeft() else { return nil }
        let start = cpuClock()
        defer {
            let spent = cpuClock() - start
            state.withLock { $0.left -= spent }
        }
        return examine()
    }

    private func hasSomeLeft() -> Bool {
        let now = clock()
        return state.withLock { state in
            state.left = min(Self.capacity, state.left + max(0, now - state.time) / Self.share)
            state.time = now
            return state.left > 0
        }
    }
}
