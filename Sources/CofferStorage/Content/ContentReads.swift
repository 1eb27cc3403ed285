import Synchronization

/// Limits how many readers of complete objects run at once and how many wait: each may take long, and all share the
/// disk and the threads with other requests.
final class ContentReads: Sendable {
    private let state = Mutex(State())
    private static let runningLimit = 4
    private static let waitingLimit = 64

    private struct State {
        var running = 0
        var waiting: [CheckedContinuation<Bool, Never>] = []
    }

    /// Runs a reader when its turn comes.
    ///
    /// - Throws: ``StorageError/busy`` if too many are waiting already.
    func run<Value: Sendable>(_ body: () async throws(StorageError) -> Value) async throws(StorageError) -> Value {
        guard await begin() else { throw StorageError.busy }
        defer { end() }
        return try await body()
    }

    private func begin() async -> Bool {
        await withCheckedContinuation { continuation in
            let isAdmitted: Bool? = state.withLock { state in
                guard state.running >= Self.runningLimit else {
                    state.running += 1
                    return true
                }
                guard state.waiting.count < Self.waitingLimit else { return false }
                state.waiting.append(continuation)
                return nil
            }
            if let isAdmitted { continuation.resume(returning: isAdmitted) }
        }
    }

    /// Passes the slot to the reader that has waited longest.
    private func end() {
        let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard !state.waiting.isEmpty else {
                state.running -= 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume(returning: true)
    }
}
