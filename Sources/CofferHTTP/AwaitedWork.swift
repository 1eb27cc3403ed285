import CMicrohttpd
import Synchronization

/// Work that a connection waits for. Most work is done at once, on the event-loop thread; otherwise the connection is
/// suspended until the work is done.
///
/// libmicrohttpd neither closes nor frees a suspended connection, and suspending and resuming happen under one lock. So
/// no connection is resumed that is not suspended or no longer exists.
final class AwaitedWork: Sendable {
    private let state: Mutex<State>
    private let onResume: @Sendable () -> Void

    private enum State {
        case inProgress
        // libmicrohttpd's connection, which may be resumed from any thread.
        case awaited(Connection)
        case done
    }

    private struct Connection: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    private init(onResume: @escaping @Sendable () -> Void) {
        state = Mutex(.inProgress)
        self.onResume = onResume
    }

    /// Starts work for a connection.
    ///
    /// - Parameters:
    ///   - onSuspend: called if the connection is suspended, before it can be resumed.
    ///   - onResume: called before a suspended connection is resumed.
    /// - Returns: whether the work is done; otherwise the connection is suspended, and libmicrohttpd repeats its call
    ///   when the work is done.
    static func run(
        for connection: OpaquePointer, on executor: RequestExecutor, onSuspend: () -> Void = {},
        onResume: @escaping @Sendable () -> Void = {}, _ work: @escaping @Sendable () async -> Void
    ) -> Bool {
        let awaited = AwaitedWork(onResume: onResume)
        executor.runInline {
            await work()
            awaited.finish()
        }
        return awaited.state.withLock { state in
            if case .done = state { return true }
            onSuspend()
            state = .awaited(Connection(pointer: connection))
            MHD_suspend_connection(connection)
            return false
        }
    }

    private func finish() {
        state.withLock { state in
            if case .awaited(let connection) = state {
                onResume()
                MHD_resume_connection(connection.pointer)
            }
            state = .done
        }
    }
}
