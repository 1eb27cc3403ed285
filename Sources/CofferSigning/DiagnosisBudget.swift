import CofferSystem
import Synchronization

/// The CPU time that all diagnoses of wrong signatures may take together: a twentieth of one core, and a second at
/// once.
///
/// A diagnosis tries some hundred signatures, and anyone who knows an access key id can trigger one with every request.
/// Occasional failures are diagnosed; a flood of wrong signatures is refused without diagnosis, at no higher cost than
/// verifying valid ones.
package final class DiagnosisBudget: Sendable {
    private let clock: @Sendable () -> Int64
    private let cpuClock: @Sendable () -> Int64
    private let state: Mutex<State>

    /// The largest budget, in nanoseconds.
    private static let capacity: Int64 = 1_000_000_000
    /// The budget grows by one nanosecond in this many nanoseconds of elapsed time.
    private static let share: Int64 = 20

    private struct State {
        var left = DiagnosisBudget.capacity
        var time: Int64
    }

    /// - Parameters:
    ///   - clock: a monotonic clock, in nanoseconds.
    ///   - cpuClock: the CPU time of the calling thread, in nanoseconds.
    init(clock: @escaping @Sendable () -> Int64, cpuClock: @escaping @Sendable () -> Int64) {
        self.clock = clock
        self.cpuClock = cpuClock
        state = Mutex(State(time: clock()))
    }

    /// Creates a budget with the system's clocks.
    package convenience init() {
        self.init(
            clock: { SystemTime.nanoseconds }, cpuClock: { SystemTime.threadNanoseconds })
    }

    /// Runs a diagnosis and deducts its cost from the budget.
    ///
    /// - Returns: the finding; nil if the budget is used up. A single diagnosis may exceed it.
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
