import CofferModel
import CofferSystem
import Synchronization

/// Runs jobs, one step at a time, on threads that may block.
///
/// A step that fails is tried again after a second, then two, then four, up to an hour.
package final class JobRunner: Sendable {
    private let catalog: any Catalog
    private let clock: ServiceClock
    private let blocking: BlockingQueue
    private let onFault: @Sendable (StorageError) -> Void
    private let state = Mutex(State())

    private struct State {
        var jobs: [ScheduledJob] = []
        /// The only task; nil while no job is due.
        var task: Task<Void, Never>?
        /// When the timer looks for jobs that are due, in milliseconds; nil if there is no timer.
        var timer: Int64?
        var isEnded = false
    }

    /// The longest time, in milliseconds, for which a change of the clock may go unnoticed.
    private static let longestSleep: Int64 = 60_000

    /// - Parameter onFault: called with the error of a step.
    init(
        catalog: any Catalog, clock: ServiceClock, blocking: BlockingQueue,
        onFault: @escaping @Sendable (StorageError) -> Void
    ) {
        self.catalog = catalog
        self.clock = clock
        self.blocking = blocking
        self.onFault = onFault
    }

    /// Adds a job and starts it.
    ///
    /// - Throws: ``StorageError`` if a persistent job's progress cannot be read.
    package func start(_ job: any Job) async throws(StorageError) {
        let stored =
            job.isPersistent
            ? try await catalog.read { rows async throws(StorageError) in try await rows.job(named: job.name) } : nil
        state.withLock { state in
            precondition(!state.jobs.contains { $0.job.name == job.name }, "two jobs are called \(job.name)")
            state.jobs.append(ScheduledJob(job, stored, at: clock.time))
            run(&state)
        }
    }

    /// Runs the next step of a job that waits to be woken. A job whose next step has a time runs at that time, however
    /// often it is woken.
    package func wake(_ name: String) {
        let now = clock.time
        state.withLock { state in
            guard let index = state.jobs.firstIndex(where: { $0.job.name == name }) else { return }
            state.jobs[index].wake(at: now)
            run(&state)
        }
    }

    /// Runs the steps that are due by now, and waits until none is. For tests, whose clock moves without the timer.
    package func runDue() async {
        state.withLock { run(&$0) }
        while let task = state.withLock({ $0.task }) { await task.value }
    }

    /// Waits for the step in progress and prevents any more.
    package func end() async {
        let task = state.withLock { state in
            state.isEnded = true
            return state.task
        }
        await task?.value
    }

    package var statuses: [JobStatus] { state.withLock { $0.jobs.map(\.status) } }

    // MARK: The runner's task

    private func run(_ state: inout State) {
        guard state.task == nil, !state.isEnded else { return }
        state.task = Task { await self.run() }
    }

    private func run() async {
        while let (job, progress) = beginDue() {
            let watch = Stopwatch(clock)
            let result: Result<JobStep, StorageError>
            do throws(StorageError) {
                result = .success(
                    try await blocking.run { () async throws(StorageError) in try await job.step(from: progress) })
            } catch {
                result = .failure(error)
                onFault(error)
            }
            await finish(job, result, rest: watch.elapsed * job.restFactor)
        }
    }

    /// Returns the job that has been due for the longest time; nil ends the task.
    private func beginDue() -> (job: any Job, progress: [UInt8]?)? {
        let now = clock.time.milliseconds
        return state.withLock { state in
            let due = state.jobs.indices.filter { state.jobs[$0].dueTime <= now }
            let longest = due.min { state.jobs[$0].dueTime < state.jobs[$1].dueTime }
            guard !state.isEnded, let longest else {
                state.task = nil
                setTimer(&state, now)
                return nil
            }
            return (state.jobs[longest].job, state.jobs[longest].begin())
        }
    }

    /// Sets a timer for the next job, unless one goes off before.
    private func setTimer(_ state: inout State, _ now: Int64) {
        guard !state.isEnded, let next = state.jobs.map(\.dueTime).min(), next != .max else { return }
        let time = min(next, now + Self.longestSleep)
        if let timer = state.timer, timer <= time { return }
        state.timer = time
        SystemTime.after(seconds: Double(time - now) / 1000) { [weak self] in
            self?.state.withLock { state in
                state.timer = nil
                self?.run(&state)
            }
        }
    }

    private func finish(_ job: any Job, _ result: Result<JobStep, StorageError>, rest: Duration) async {
        let now = clock.time
        let record = state.withLock { state -> JobRecord? in
            guard let index = state.jobs.firstIndex(where: { $0.job.name == job.name }) else { return nil }
            return state.jobs[index].finish(result, at: now, rest: rest)
        }
        guard job.isPersistent, let record else { return }
        do throws(StorageError) {
            try await catalog.change(.none) { rows async throws(StorageError) in try await rows.put(record) }
        } catch {
            // After a restart the job repeats steps, which is harmless.
            onFault(error)
        }
    }
}

/// A job and when it runs next.
private struct ScheduledJob {
    let job: any Job
    /// When it was woken; nil if it was not since its last step began.
    private var woken: Timestamp?
    private var record: JobRecord
    private var isRunning = false
    private var steps = 0
    private var fault: String?

    init(_ job: any Job, _ stored: JobRecord?, at now: Timestamp) {
        self.job = job
        record = stored ?? JobRecord(name: job.name, nextRun: job.runsAtStart ? now : .whenWoken)
    }

    /// In milliseconds; the largest number if it waits to be woken.
    var dueTime: Int64 {
        if isRunning { return .max }
        guard let woken, record.nextRun == .whenWoken else { return record.nextRun.milliseconds }
        return woken.milliseconds
    }

    var status: JobStatus {
        JobStatus(
            name: job.name, state: isRunning ? .running : dueTime == .max ? .idle : .waiting, steps: steps,
            failures: record.failures, fault: fault)
    }

    mutating func wake(at now: Timestamp) { woken = woken ?? now }

    /// - Returns: the progress from which the step begins.
    mutating func begin() -> [UInt8]? {
        woken = nil
        isRunning = true
        return record.progress
    }

    /// - Returns: what the catalog keeps.
    mutating func finish(
        _ result: Result<JobStep, StorageError>, at now: Timestamp, rest: Duration
    ) -> JobRecord {
        isRunning = false
        steps += 1
        switch result {
        case .success(let step):
            (record.progress, record.failures, fault) = (step.progress, 0, nil)
            record.nextRun = step.next.time(from: now, rest: rest)
        case .failure(let error):
            fault = "\(error)"
            record.failures += 1
            let seconds = Int64(1) << min(record.failures - 1, 12)
            record.nextRun = Timestamp(milliseconds: now.milliseconds + min(seconds, 3600) * 1000)
        }
        return record
    }
}

extension JobStep.Next {
    fileprivate func time(from now: Timestamp, rest: Duration) -> Timestamp {
        let (seconds, attoseconds) = rest.components
        let rest = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        return switch self {
        case .atOnce: Timestamp(milliseconds: now.milliseconds + rest)
        case .after(let seconds): Timestamp(milliseconds: now.milliseconds + max(seconds * 1000, rest))
        case .whenWoken: .whenWoken
        }
    }
}

extension Timestamp {
    /// Later than every time.
    fileprivate static let whenWoken = Timestamp(milliseconds: .max)
}
