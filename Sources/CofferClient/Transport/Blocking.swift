import Dispatch

private let blockingQueue = DispatchQueue(label: "coffer.client.blocking", attributes: .concurrent)

/// Runs a blocking call, such as reading a file, on a queue where it delays no other task.
package func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        blockingQueue.async { continuation.resume(with: Result { try body() }) }
    }
}
