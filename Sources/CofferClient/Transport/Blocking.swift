import Dispatch

private let blockingQueue = DispatchQueue(label: "coffer.client.blocking", attributes: .concurrent)

/// Runs calls that block, such as reading a file, where they hold up no task.
package func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        blockingQueue.async { continuation.resume(with: Result { try body() }) }
    }
}
