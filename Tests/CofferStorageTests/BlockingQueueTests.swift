import Dispatch
import Testing

@testable import CofferStorage

/// Where work runs that blocks.
struct BlockingQueueTests {
    @Test func `Blocking work leaves its caller's executor, and the caller returns to it`() async throws {
        let queue = BlockingQueue()
        let places = try await withTaskExecutorPreference(MarkedExecutor()) {
            let before = MarkedExecutor.isCurrent
            let within = try await queue.run { () async throws(StorageError) in MarkedExecutor.isCurrent }
            return [before, within, MarkedExecutor.isCurrent]
        }
        #expect(places == [true, false, true])
    }
}

private final class MarkedExecutor: TaskExecutor {
    private static let mark = DispatchSpecificKey<Bool>()
    private let queue = DispatchQueue(label: "marked")

    init() { queue.setSpecific(key: Self.mark, value: true) }

    static var isCurrent: Bool { DispatchQueue.getSpecific(key: mark) == true }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
