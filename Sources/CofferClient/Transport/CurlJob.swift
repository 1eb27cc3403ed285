import Synchronization

/// A request that is being processed by a ``CurlTransport``.
final class CurlJob: Sendable {
    let request: HTTPRequest
    let receiver: any HTTPReceiver
    private let state = Mutex(State())

    private struct State {
        var continuation: CheckedContinuation<HTTPResponseHead, any Error>?
        var isCancelled = false
        /// Wakes the thread that waits for the network on behalf of this job.
        var wake: (@Sendable () -> Void)?
    }

    /// Runs a wait for the reader, which may take as long as the reader likes.
    let waiting: @Sendable (_ wait: () -> Void) -> Void

    init(
        _ request: HTTPRequest, _ receiver: any HTTPReceiver,
        waiting: @escaping @Sendable (_ wait: () -> Void) -> Void
    ) {
        self.request = request
        self.receiver = receiver
        self.waiting = waiting
    }

    func start(_ continuation: CheckedContinuation<HTTPResponseHead, any Error>) {
        state.withLock { $0.continuation = continuation }
    }

    var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// Sets how to wake the thread; nil when it no longer waits, after which it is never woken.
    func setWake(_ wake: (@Sendable () -> Void)?) {
        state.withLock { $0.wake = wake }
    }

    func cancel() {
        state.withLock { state in
            state.isCancelled = true
            // The lock ensures that the handle to wake still exists.
            state.wake?()
        }
    }

    func finish(_ result: Result<HTTPResponseHead, any Error>) {
        let continuation = state.withLock { $0.continuation.take() }
        continuation?.resume(with: result)
    }
}
