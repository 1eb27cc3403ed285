import CofferHTTP
import Synchronization

/// Answers requests as a test says.
struct ScriptedHandler: HTTPHandler {
    var keepAliveBody: KeepAliveBody?
    var finished: @Sendable (HTTPOutcome) -> Void = { _ in }
    let respond: @Sendable (HTTPRequestHead) async -> HTTPResponse

    func begin(_ head: HTTPRequestHead) -> any HTTPExchange { Exchange(handler: self, head: head) }

    private final class Exchange: HTTPExchange {
        private let handler: ScriptedHandler
        private let head: HTTPRequestHead

        init(handler: ScriptedHandler, head: HTTPRequestHead) {
            self.handler = handler
            self.head = head
        }

        var refusal: HTTPResponse? { nil }
        var keepAliveBody: KeepAliveBody? { handler.keepAliveBody }
        func receive(_ bytes: Span<UInt8>) {}
        func respond() async -> HTTPResponse { await handler.respond(head) }
        func finished(_ outcome: HTTPOutcome) { handler.finished(outcome) }
    }
}

extension HTTPServer {
    convenience init(_ handler: ScriptedHandler) throws {
        try self.init(address: "127.0.0.1", port: 0, handler: handler)
    }

    /// A server that answers every request alike.
    static func answering(_ respond: @escaping @Sendable (HTTPRequestHead) -> HTTPResponse) throws -> HTTPServer {
        try HTTPServer(ScriptedHandler(respond: respond))
    }
}

/// A value that a test waits for, until it is cancelled.
final class Signal<Value: Sendable>: Sendable {
    private let state = Mutex(State())

    private struct State {
        var value: Value?
        var waiting: [CheckedContinuation<Value, any Error>] = []
    }

    var value: Value? { state.withLock { $0.value } }

    func send(_ value: Value) {
        state.withLock { $0.value = value }
        end(.success(value))
    }

    func wait() async throws -> Value {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let value = state.withLock { state in
                    if state.value == nil { state.waiting.append(continuation) }
                    return state.value
                }
                if let value { continuation.resume(returning: value) }
                if Task.isCancelled { end(.failure(CancellationError())) }
            }
        } onCancel: {
            end(.failure(CancellationError()))
        }
    }

    private func end(_ result: Result<Value, any Error>) {
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume(with: result) }
    }
}

extension HTTPServer {
    /// Waits until no more connections than these are open, which nothing tells.
    func waitForConnections(_ count: Int) async throws {
        while openConnections > count { try await Task.sleep(for: .milliseconds(1)) }
    }
}
