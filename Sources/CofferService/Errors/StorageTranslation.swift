package import CofferModel
package import CofferStorage

/// Runs an operation of the store, and translates its errors into S3 errors.
package func mappingStorageErrors<Value>(
    _ body: () throws(StorageError) -> Value
) throws(S3Error) -> Value {
    do throws(StorageError) {
        return try body()
    } catch {
        throw S3Error(storage: error)
    }
}

/// Does the same for an asynchronous operation.
package func mappingAsyncStorageErrors<Value: Sendable>(
    _ body: () async throws(StorageError) -> Value
) async throws(S3Error) -> Value {
    do throws(StorageError) {
        return try await body()
    } catch {
        throw S3Error(storage: error)
    }
}

extension S3Error {
    /// Creates the error that a client gets for a failure of the store.
    ///
    /// The label is required: the two error types share case names, and `S3Error(.noSuchKey)` must mean the S3 error.
    package init(storage error: StorageError) {
        switch error {
        case .noSuchBucket(let name): self = .noSuchBucket(name.description)
        case .bucketExists: self = S3Error(.bucketAlreadyExists)
        case .bucketNotEmpty: self = S3Error(.bucketNotEmpty)
        case .noSuchKey(let key): self = .noSuchKey(key)
        case .noSuchUpload: self = S3Error(.noSuchUpload)
        case .sourceChanged: self = S3Error(.operationAborted)
        case .invalidBucketState: self = S3Error(.invalidBucketState)
        case .busy: self = S3Error(.slowDown)
        case .refused(let refusal): self = refusal
        case .noSpace: self = S3Error(.insufficientStorage)
        case .notCommitted(let error): self = S3Error(storage: error)
        case .damaged(let cause), .failed(let cause): self = .internalError(cause)
        }
    }
}
