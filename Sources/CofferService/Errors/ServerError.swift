package import CofferStorage

/// Why a server cannot start, as a sentence for its operator that says what to do.
public struct ServerError: Error, CustomStringConvertible {
    /// The sentence.
    public let description: String
    /// Creates an error from a sentence.
    public init(_ description: String) { self.description = description }
}

package func translated<Value>(_ body: () throws(StorageError) -> Value) throws(ServerError) -> Value {
    do throws(StorageError) {
        return try body()
    } catch {
        throw ServerError(error)
    }
}

package func translated<Value>(
    _ body: () async throws(StorageError) -> Value
) async throws(ServerError) -> Value {
    do throws(StorageError) {
        return try await body()
    } catch {
        throw ServerError(error)
    }
}

extension ServerError {
    package init(_ error: StorageError) {
        switch error {
        case .damaged(let cause), .failed(let cause): self.init(cause)
        case .noSpace: self.init("the disk is full: free at least a few megabytes, and start again")
        case .busy: self.init("the limit of open files is too low or reached: raise it with ulimit -n")
        case .notCommitted(let error): self.init(error)
        default: self.init("the store reports an error: \(error)")
        }
    }
}
