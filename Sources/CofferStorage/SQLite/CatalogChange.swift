/// A queued change with a result of any type, so that all changes share one queue.
protocol CatalogChange: AnyObject, Sendable {
    var freesSpace: Bool { get }
    /// Whether it failed because the disk is full.
    var ranOutOfSpace: Bool { get }
    /// Completes the change with an error, without running it.
    func refuse(_ error: StorageError)
    /// - Returns: whether it succeeded.
    func run(_ rows: any CatalogTransaction) async -> Bool
    /// - Parameter failure: why the transaction failed; nil if it was committed.
    func finish(_ failure: StorageError?)
}

/// `@unchecked Sendable`: made by the caller, afterwards used only by the writer.
final class QueuedChange<Value: Sendable>: CatalogChange, @unchecked Sendable {
    let freesSpace: Bool
    private let body: @Sendable (any CatalogTransaction) async throws(StorageError) -> Value
    private let continuation: CheckedContinuation<Result<Value, StorageError>, Never>
    private var result: Result<Value, StorageError>?

    init(
        freesSpace: Bool, body: @escaping @Sendable (any CatalogTransaction) async throws(StorageError) -> Value,
        continuation: CheckedContinuation<Result<Value, StorageError>, Never>
    ) {
        self.freesSpace = freesSpace
        self.body = body
        self.continuation = continuation
    }

    func run(_ rows: any CatalogTransaction) async -> Bool {
        do throws(StorageError) {
            result = .success(try await body(rows))
            return true
        } catch {
            result = .failure(error)
            return false
        }
    }

    var ranOutOfSpace: Bool {
        if case .failure(.noSpace) = result { true } else { false }
    }

    func refuse(_ error: StorageError) { continuation.resume(returning: .failure(error)) }

    func finish(_ failure: StorageError?) {
        // A change's own failure is more specific than that of the transaction it may have ended.
        if case .failure(let own) = result { return refuse(own) }
        if let failure { return refuse(.notCommitted(failure)) }
        guard let result else { preconditionFailure("a committed change has a result") }
        continuation.resume(returning: result)
    }
}
