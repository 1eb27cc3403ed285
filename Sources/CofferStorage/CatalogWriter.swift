import Dispatch
import Synchronization

/// The catalog's only writer: accepts changes from all threads and commits many of them with one sync.
///
/// While a commit waits for the disk, further changes gather; they form the next transaction. Each runs in its own
/// savepoint, so that one that fails leaves no trace and does not disturb the others. A change completes when its
/// transaction has been committed.
final class CatalogWriter: Sendable {
    private let queue = DispatchQueue(label: "coffer.catalog.writer")
    private let checkpoints = DispatchQueue(label: "coffer.catalog.checkpoints")
    private let state = Mutex(State())
    private let reserve: SpaceReserve
    private let onFault: @Sendable (StorageError) -> Void
    // Used on `queue` only, by one block at a time.
    nonisolated(unsafe) private let connection: SQLiteConnection
    // Used on `checkpoints` only, by one block at a time.
    nonisolated(unsafe) private let checkpointer: SQLiteConnection

    private struct State {
        var pending: [any Change] = []
        var isScheduled = false
        var isCheckpointing = false
        var counts = WriteCounts()
    }

    /// The maximum number of changes in one transaction.
    private static let batchLimit = 512
    /// The lengths of the log, in pages of 4 KiB, at which it is moved into the database: first concurrently with the
    /// writer, and then, for the few pages written meanwhile, before the writer continues. Only then can the log start
    /// over under constant load.
    private let checkpointPages: Int
    private let urgentCheckpointPages: Int

    /// - Parameters:
    ///   - reserve: disk space reserved for changes that free space on a full disk.
    ///   - onFault: called with checkpoints that fail; the changes are committed nevertheless.
    init(
        path: String, connection: SQLiteConnection, reserve: SpaceReserve,
        onFault: @escaping @Sendable (StorageError) -> Void
    ) throws(StorageError) {
        self.connection = connection
        self.reserve = reserve
        urgentCheckpointPages = reserve.logPages
        checkpointPages = reserve.logPages / 4
        self.onFault = onFault
        checkpointer = try SQLiteConnection(path: path, isReadOnly: false)
        // SQLite opens the log when a connection first reads.
        _ = try checkpointer.first("SELECT 1 FROM sqlite_schema LIMIT 1") { _ in true }
        connection.countLogPages()
    }

    var counts: WriteCounts { state.withLock { $0.counts } }

    /// Runs a change and waits until it is as durable as the store's settings demand.
    ///
    /// - Parameter freesSpace: whether the change is also run on a full disk.
    func write<Value: Sendable>(
        freesSpace: Bool = false, _ body: @escaping @Sendable (SQLiteConnection) throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        let result: Result<Value, StorageError> = await withCheckedContinuation { continuation in
            submit(Write(freesSpace: freesSpace, body: body, continuation: continuation))
        }
        return try result.get()
    }

    /// Waits until all submitted changes are committed, and moves the log into the database.
    func close() throws(StorageError) {
        checkpoints.sync {}
        let result: Result<Void, StorageError> = queue.sync {
            do throws(StorageError) {
                try connection.checkpoint(truncating: true)
                reserve.takeWhatIsThere()
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }

    // MARK: On the writer's queue

    private func submit(_ change: any Change) {
        let mustSchedule = state.withLock { state in
            state.pending.append(change)
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        if mustSchedule { queue.async { self.drain() } }
    }

    private func drain() {
        while let batch = nextBatch() {
            run(batch)
            checkpointIfNeeded()
        }
    }

    private func run(_ batch: [any Change]) {
        let mayGrow = reserve.isHeld()
        if !mayGrow { for change in batch where !change.freesSpace { change.refuse(.noSpace) } }
        let admitted = mayGrow ? batch : batch.filter(\.freesSpace)
        let failure = commit(admitted)
        let isOutOfSpace = if case .noSpace = failure { true } else { false }
        let again = admitted.filter { $0.freesSpace && (isOutOfSpace || $0.ranOutOfSpace) }
        for change in admitted where !again.contains(where: { $0 === change }) { change.finish(failure) }
        guard isOutOfSpace || !again.isEmpty else { return }
        // The reserve is for changes that free more space; and once the log has been moved, it can start over.
        reserve.release()
        checkpoint(on: connection)
        let second = commit(again)
        for change in again { change.finish(second) }
    }

    private func nextBatch() -> [any Change]? {
        state.withLock { state in
            guard !state.pending.isEmpty else {
                state.isScheduled = false
                return nil
            }
            let batch = Array(state.pending.prefix(Self.batchLimit))
            state.pending.removeFirst(batch.count)
            state.counts.commits += 1
            state.counts.changes += batch.count
            return batch
        }
    }

    /// - Returns: the error if nothing of the batch was committed; otherwise nil.
    private func commit(_ batch: [any Change]) -> StorageError? {
        guard !batch.isEmpty else { return nil }
        do throws(StorageError) {
            try connection.execute("BEGIN IMMEDIATE")
            for change in batch {
                try connection.execute("SAVEPOINT change")
                if !change.run(connection) {
                    // A full or failing disk can make SQLite abandon the whole transaction.
                    guard connection.isInTransaction else { return .failed("the catalog rolled back a transaction") }
                    try connection.execute("ROLLBACK TO change")
                }
                try connection.execute("RELEASE change")
            }
            try connection.execute("COMMIT")
            return nil
        } catch {
            if connection.isInTransaction {
                // If this fails as well, the next BEGIN fails and reports it to its callers.
                try? connection.execute("ROLLBACK")
            }
            return error
        }
    }

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

    private func checkpoint(on connection: SQLiteConnection) {
        do throws(StorageError) {
            try connection.checkpoint(truncating: false)
        } catch {
            // Changes that need space fail with an error that says so; it is not reported again here.
            if case .noSpace = error { return }
            onFault(error)
        }
    }

    /// A queued change with a result of any type, so that all changes share one queue.
    private protocol Change: AnyObject, Sendable {
        var freesSpace: Bool { get }
        /// Whether it failed because the disk is full.
        var ranOutOfSpace: Bool { get }
        /// Completes the change with an error, without running it.
        func refuse(_ error: StorageError)
        /// - Returns: whether it succeeded; if not, its changes must be rolled back.
        func run(_ connection: SQLiteConnection) -> Bool
        /// - Parameter failure: why the transaction failed; nil if it was committed.
        func finish(_ failure: StorageError?)
    }

    /// `@unchecked Sendable`: made by the caller, afterwards used only on the writer's queue.
    private final class Write<Value: Sendable>: Change, @unchecked Sendable {
        let freesSpace: Bool
        private let body: @Sendable (SQLiteConnection) throws(StorageError) -> Value
        private let continuation: CheckedContinuation<Result<Value, StorageError>, Never>
        private var result: Result<Value, StorageError>?

        init(
            freesSpace: Bool, body: @escaping @Sendable (SQLiteConnection) throws(StorageError) -> Value,
            continuation: CheckedContinuation<Result<Value, StorageError>, Never>
        ) {
            self.freesSpace = freesSpace
            self.body = body
            self.continuation = continuation
        }

        func run(_ connection: SQLiteConnection) -> Bool {
            do throws(StorageError) {
                result = .success(try body(connection))
                return true
            } catch {
                result = .failure(error)
                return false
            }
        }

        var ranOutOfSpace: Bool {
            if case .failure(.noSpace) = result { true } else { false }
        }

        func refuse(_ error: StorageError) { continuation.resume(returning: .failure(error)) }

        func finish(_ failure: StorageError?) {
            // A change's own failure is more specific than that of the transaction it may have aborted.
            if case .failure(let own) = result { return refuse(own) }
            if let failure { return refuse(.notCommitted(failure)) }
            guard let result else { preconditionFailure("a committed change has a result") }
            continuation.resume(returning: result)
        }
    }
}

/// The number of committed transactions and of the changes in them: a measure of group commit.
package struct WriteCounts: Sendable {
    package fileprivate(set) var commits = 0
    package fileprivate(set) var changes = 0
}
