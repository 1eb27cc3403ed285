import Dispatch

/// Runs a blocking call on a Dispatch thread instead of one of Swift's concurrency threads.
func onThread<Value: Sendable>(
    _ body: @escaping @Sendable () throws(SourceError) -> Value
) async throws(SourceError) -> Value {
    let result: Result<Value, SourceError> = await withCheckedContinuation { continuation in
        DispatchQueue.global().async {
            do throws(SourceError) {
                continuation.resume(returning: .success(try body()))
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
    }
    return try result.get()
}
