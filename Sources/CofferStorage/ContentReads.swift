import Synchronization

/// Limits how many readers of complete objects run at once and how many wait: each may take long, and all share the
/// disk and the threads with other requests.
final class ContentReads: Sendable {
    private let state = Mutex(State())
    private static let runningLimit = 4
    private static let waitingLimit = 64

    private struct State {
        var running = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
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
        let isFull = state.withLock { $0.waiting.count >= Self.waitingLimit }
        guard !isFull else { return false }
        await withCheckedContinuation { continuation in
            let isNext = state.withLock { state in
                guard state.running >= Self.runningLimit else {
                    state.running += 1
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if isNext { continuation.resume() }
        }
        return true
    }

    /// Passes the slot to the reader that has waited longest.
    private func end() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard !state.waiting.isEmpty else {
                state.running -= 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }
}
