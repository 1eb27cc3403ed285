import CofferSQLite
import CofferSystem
import Dispatch
import Synchronization

/// The catalog's only writer: accepts changes from all threads and commits many of them with one sync.
///
/// While a commit waits for the disk, further changes gather; they form the next transaction. A change that throws
/// before it writes leaves no trace; if it throws later, the transaction is rolled back, and the other changes run again.
/// A change completes when its transaction has been committed.
final class CatalogWriter: Sendable {
    private let thread = SingleThread(label: "coffer.catalog.writer")
    private let checkpoints = DispatchQueue(label: "coffer.catalog.checkpoints")
    private let state = Mutex(State())
    private let reserve: SpaceReserve
    private let clock: ServiceClock
    private let onFault: @Sendable (StorageError) -> Void
    // Used on `thread` only, by one task at a time.
    nonisolated(unsafe) private let connection: SQLiteConnection
    // Used on `checkpoints` only, by one block at a time.
    nonisolated(unsafe) private let checkpointer: SQLiteConnection
    // Used on `thread` only.
    nonisolated(unsafe) private var memory: WriterMemory

    private struct State {
        var pending: [any CatalogChange] = []
        /// Commits the pending changes; nil while there are none.
        var work: Task<Void, Never>?
        var isCheckpointing = false
        /// Whether the log is moved once no change comes.
        var awaitsIdleness = false
        var isClosed = false
        var counts = WriteCounts()
    }

    /// The maximum number of changes in one transaction.
    private static let batchLimit = 512
    /// The lengths of the log, in pages of 4 KiB, at which it is moved into the database: first concurrently with the
    /// writer, and then, for the few pages written meanwhile, before the writer continues. Only then can the log start
    /// over under constant load.
    private let checkpointPages: Int
    private let urgentCheckpointPages: Int
    /// The length of a log that is moved although nothing more is written. The two syncs are not worth it for less.
    private static let idleCheckpointPages = 256
    private static let idleSeconds = 1.0

    /// - Parameters:
    ///   - reserve: disk space reserved for changes that free space on a full disk.
    ///   - onFault: called with checkpoints that fail; the changes are committed nevertheless.
    init(
        path: String, vfs: String?, connection: SQLiteConnection, reserve: SpaceReserve, clock: ServiceClock,
        onFault: @escaping @Sendable (StorageError) -> Void
    ) throws(StorageError) {
        self.connection = connection
        self.reserve = reserve
        self.clock = clock
        urgentCheckpointPages = reserve.logPages
        checkpointPages = reserve.logPages / 4
        self.onFault = onFault
        let last = try connection.first("SELECT value FROM properties WHERE name = 'sequence'") { $0.integer(0) }
        guard let last else { throw StorageError.failed("the catalog has no sequence number") }
        memory = WriterMemory(sequence: last)
        checkpointer = try SQLiteConnection(path: path, isReadOnly: false, vfs: vfs)
        // SQLite opens the log when a connection first reads.
        _ = try checkpointer.first("SELECT 1 FROM sqlite_schema LIMIT 1") { _ in true }
        connection.countLogPages()
    }

    var counts: WriteCounts { state.withLock { $0.counts } }

    /// Runs a change and waits until it is as durable as the store's settings demand.
    ///
    /// - Parameter freesSpace: whether the change is also run on a full disk.
    func change<Value: Sendable>(
        freesSpace: Bool, _ body: @escaping @Sendable (any CatalogTransaction) async throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        let result: Result<Value, StorageError> = await withCheckedContinuation { continuation in
            submit(QueuedChange(freesSpace: freesSpace, body: body, continuation: continuation))
        }
        return try result.get()
    }

    /// Waits until all submitted changes are committed, and moves the log into the database.
    func close() async throws(StorageError) {
        while let work = state.withLock({ $0.work }) { await work.value }
        try await withTaskExecutorPreference(thread) { () async throws(StorageError) in
            state.withLock { $0.isClosed = true }
            checkpoints.sync {}
            try connection.checkpoint(truncating: true)
            reserve.takeWhatIsThere()
        }
    }

    // MARK: On the writer's thread

    private func submit(_ change: any CatalogChange) {
        state.withLock { state in
            state.pending.append(change)
            guard state.work == nil else { return }
            state.work = Task(executorPreference: thread) { await self.drain() }
        }
    }

    private func drain() async {
        while let batch = nextBatch() {
            let watch = Stopwatch(clock)
            await run(batch)
            let duration = watch.elapsed
            checkpointIfNeeded()
            gather(after: batch.count, duration)
        }
        checkpointWhenIdle()
    }

    /// Waits for changes that come presently. The thread has nothing else to do.
    private func gather(after committed: Int, _ duration: Duration) {
        func pending() -> Int { state.withLock { $0.pending.count } }
        var gathering = Gathering(after: committed, pending: pending(), duration: duration)
        guard gathering.isUseful else { return }
        let watch = Stopwatch(clock)
        repeat { gathering.wait() } while gathering.goesOn(pending: pending(), elapsed: watch.elapsed)
    }

    private func run(_ batch: [any CatalogChange]) async {
        let mayGrow = reserve.isHeld()
        if !mayGrow { for change in batch where !change.freesSpace { change.refuse(.noSpace) } }
        let admitted = mayGrow ? batch : batch.filter(\.freesSpace)
        let failure = await commit(admitted)
        let isOutOfSpace = if case .noSpace = failure { true } else { false }
        let again = admitted.filter { $0.freesSpace && (isOutOfSpace || $0.ranOutOfSpace) }
        for change in admitted where !again.contains(where: { $0 === change }) { change.finish(failure) }
        guard isOutOfSpace || !again.isEmpty else { return }
        // The reserve is for changes that free more space; and once the log has been moved, it can start over.
        reserve.release()
        checkpoint(on: connection)
        let second = await commit(again)
        for change in again { change.finish(second) }
    }

    private func nextBatch() -> [any CatalogChange]? {
        state.withLock { state in
            guard !state.pending.isEmpty else {
                state.work = nil
                return nil
            }
            let batch = Array(state.pending.prefix(Self.batchLimit))
            state.pending.removeFirst(batch.count)
            state.counts.commits += 1
            state.counts.changes += batch.count
            return batch
        }
    }

    /// Commits the changes of a batch, except for those that fail themselves.
    ///
    /// - Returns: the error if nothing of the batch was committed; otherwise nil.
    private func commit(_ batch: [any CatalogChange]) async -> StorageError? {
        var rest = batch
        while !rest.isEmpty {
            do throws(StorageError) {
                guard let spoiler = try await attempt(rest) else { return nil }
                rest.removeAll { $0 === spoiler }
            } catch {
                return error
            }
        }
        return nil
    }

    /// Runs a transaction.
    ///
    /// - Returns: the change that failed after it had written, so that nothing was committed; nil for a commit.
    private func attempt(_ batch: [any CatalogChange]) async throws(StorageError) -> (any CatalogChange)? {
        defer {
            if connection.isInTransaction {
                // If this fails, the next BEGIN fails and reports it to its callers.
                try? connection.execute("ROLLBACK")
            }
        }
        try connection.run(Self.begin)
        let transaction = SQLiteTransaction(connection, memory, clock: clock)
        for change in batch {
            guard await transaction.run({ await change.run($0) }) else { return change }
            guard connection.isInTransaction else { throw StorageError.failed("the catalog abandoned a transaction") }
        }
        let memory = try transaction.finish()
        try connection.run(Self.commit)
        self.memory = memory
        return nil
    }

    private static let begin: SQL = "BEGIN IMMEDIATE"
    private static let commit: SQL = "COMMIT"

    // MARK: Checkpoints

    /// Starts a checkpoint if the log is long enough. A checkpoint never waits for readers. When it has moved all pages
    /// and no reader uses the log, the next write starts the log over.
    private func checkpointIfNeeded() {
        guard connection.logPages >= checkpointPages else { return }
        guard connection.logPages < urgentCheckpointPages else {
            checkpoint(on: connection)
            return
        }
        let mustStart = state.withLock { state in
            defer { state.isCheckpointing = true }
            return !state.isCheckpointing
        }
        guard mustStart else { return }
        checkpoints.async {
            self.checkpoint(on: self.checkpointer)
            self.state.withLock { $0.isCheckpointing = false }
        }
    }

    /// Starts a checkpoint for a log that is left alone: reads look for every page in it, which makes listings a tenth
    /// dearer.
    private func checkpointWhenIdle() {
        guard connection.logPages >= Self.idleCheckpointPages else { return }
        let mustWait = state.withLock { state in
            defer { state.awaitsIdleness = true }
            return !state.awaitsIdleness
        }
        if mustWait { waitForIdleness() }
    }

    private func waitForIdleness() {
        let commits = counts.commits
        SystemTime.after(seconds: Self.idleSeconds) { [weak self] in
            guard let self else { return }
            self.checkpoints.async { self.checkpoint(ifNothingSince: commits) }
        }
    }

    private func checkpoint(ifNothingSince commits: Int) {
        guard !state.withLock({ $0.isClosed }) else { return }
        guard counts.commits == commits else { return waitForIdleness() }
        state.withLock { $0.awaitsIdleness = false }
        checkpoint(on: checkpointer)
    }

    private func checkpoint(on connection: SQLiteConnection) {
        do throws(StorageError) {
            try connection.checkpoint(truncating: false)
        } catch {
            // Changes that need space fail with an error that says so; it is not reported again here.
            if case .noSpace = error { return }
            onFault(error)
        }
    }
}
