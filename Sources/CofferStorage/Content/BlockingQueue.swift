import Dispatch

/// Threads for calls that block, such as syncs, so that these hold up no event loop and no task.
final class BlockingQueue: TaskExecutor {
    private let queue = DispatchQueue(label: "coffer.storage.blocking", attributes: .concurrent)

    /// - Parameter body: leaves its caller's executor, which is `@concurrent` whatever the default of the target is.
    func run<Value: Sendable>(
        _ body: @concurrent () async throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        try await withTaskExecutorPreference(self, operation: body)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

/// One thread for tasks that must not overlap and may block.
final class SingleThread: TaskExecutor {
    private let queue: DispatchQueue

    init(label: String) { queue = DispatchQueue(label: label) }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
