import Synchronization

/// The numbers of what a run has done.
package struct RunTotals: Sendable, Equatable {
    package fileprivate(set) var transferredCount = 0
    package fileprivate(set) var byteCount: Int64 = 0
    package fileprivate(set) var deletedCount = 0
    package fileprivate(set) var unchangedCount = 0
    package fileprivate(set) var failedCount = 0

    package init() {}

    package var doneCount: Int { transferredCount + deletedCount }
}

/// Counts what a run does.
final class Tally: Sendable {
    private let state = Mutex(RunTotals())

    var totals: RunTotals { state.withLock { $0 } }

    func finished(_ step: RunStep) {
        state.withLock { totals in
            switch step {
            case .transfer(let transfer, _):
                totals.transferredCount += 1
                totals.byteCount += transfer.byteCount ?? 0
            case .deletion: totals.deletedCount += 1
            case .comparison: totals.unchangedCount += 1
            case .entry: break
            }
        }
    }

    func failed() { state.withLock { $0.failedCount += 1 } }
}

/// A counter that several tasks increment.
final class Counter: Sendable {
    private let count = Atomic(0)

    var value: Int { count.load(ordering: .acquiring) }
    func increment() { count.add(1, ordering: .releasing) }
}
