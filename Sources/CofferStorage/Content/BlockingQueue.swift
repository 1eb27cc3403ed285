import Dispatch

/// Threads for calls that block, such as syncs, so that these hold up no event loop and no task.
final class BlockingQueue: Sendable {
    private let queue = DispatchQueue(label: "coffer.storage.blocking", attributes: .concurrent)

    func run<Value: Sendable>(
        _ body: @escaping @Sendable () throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        let result: Result<Value, StorageError> = await withCheckedContinuation { continuation in
            queue.async {
                do throws(StorageError) {
                    continuation.resume(returning: .success(try body()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }
}
