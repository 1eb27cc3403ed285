import CofferModel
import CofferSystem
import CofferTestSupport
import Synchronization
import Testing

@testable import CofferStorage

/// A job whose steps a test determines and observes.
struct ScriptedJob: Job {
    let name: String
    var isPersistent = false
    var restFactor = 0
    var runsAtStart = true
    /// Where its steps are noted, as `name progress`.
    let log: StepLog
    let script: @Sendable (_ progress: [UInt8]?) async throws(StorageError) -> JobStep

    func step(from progress: [UInt8]?) async throws(StorageError) -> JobStep {
        log.add(progress.map { "\(name) \(String(decoding: $0, as: UTF8.self))" } ?? name)
        return try await script(progress)
    }
}

/// The steps that have begun, in order.
final class StepLog: Sendable {
    private let state = Mutex(State())

    private struct State {
        var steps: [String] = []
        var waiting: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    var steps: [String] { state.withLock { $0.steps } }

    func add(_ step: String) {
        let ready = state.withLock { state in
            state.steps.append(step)
            let ready = state.waiting.filter { $0.count <= state.steps.count }
            state.waiting.removeAll { $0.count <= state.steps.count }
            return ready
        }
        for waiting in ready { waiting.continuation.resume() }
    }

    /// Waits until so many steps have begun, and returns them.
    func steps(count: Int) async -> [String] {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                guard state.steps.count < count else { return true }
                state.waiting.append((count, continuation))
                return false
            }
            if isReady { continuation.resume() }
        }
        return steps
    }
}

/// A runner of jobs over a catalog, with a clock that a test moves.
struct JobFixture: Sendable {
    let directory: TemporaryDirectory
    let catalog: any Catalog
    let clock: SettableClock
    let log = StepLog()
    /// The names of the errors that were reported.
    let faults = StepLog()
    let runner: JobRunner

    init() throws {
        let directory = try TemporaryDirectory()
        let clock = SettableClock(milliseconds: 1_000_000)
        self.init(directory, try Engine.current.openCatalog(in: directory, clock: clock.clock), clock)
    }

    private init(_ directory: TemporaryDirectory, _ catalog: any Catalog, _ clock: SettableClock) {
        self.directory = directory
        self.catalog = catalog
        self.clock = clock
        runner = JobRunner(
            catalog: catalog, clock: clock.clock, blocking: BlockingQueue(),
            onFault: { [faults] in faults.add($0.name) })
    }

    /// Returns what the next run of the process finds.
    func restarted() async -> JobFixture {
        await runner.end()
        return JobFixture(directory, catalog, clock)
    }

    func start(
        _ name: String, isPersistent: Bool = false, restFactor: Int = 0, runsAtStart: Bool = true,
        _ script: @escaping @Sendable (_ progress: [UInt8]?) async throws(StorageError) -> JobStep
    ) async throws {
        try await runner.start(
            ScriptedJob(
                name: name, isPersistent: isPersistent, restFactor: restFactor, runsAtStart: runsAtStart, log: log,
                script: script))
    }

    /// Moves the clock, and runs what is due then.
    func advance(seconds: Int64) async {
        clock.advance(seconds: seconds)
        await runner.runDue()
    }

    func status(_ name: String) throws -> JobStatus { try #require(runner.statuses.first { $0.name == name }) }
}
