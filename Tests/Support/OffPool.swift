import Dispatch

/// Runs a call that blocks, such as waiting for another process, where it holds up no task.
///
/// Each call has a serial queue: on Linux only those have threads of their own, as many as block. `DispatchQueue.global()`
/// and concurrent queues share the few threads that run Swift's tasks.
package func offPool<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue(label: "coffer.tests.blocking").async { continuation.resume(with: Result { try body() }) }
    }
}
