import CofferModel
import CofferStorage

/// Runs something of the store's and turns its errors into S3's.
func mappingStorageErrors<Value>(
    _ body: () throws(StorageError) -> Value
) throws(S3Error) -> Value {
    do throws(StorageError) {
        return try body()
    } catch {
        throw S3Error(storage: error)
    }
}

/// The same for what waits.
func mappingAsyncStorageErrors<Value: Sendable>(
    _ body: () async throws(StorageError) -> Value
) async throws(S3Error) -> Value {
    do throws(StorageError) {
        return try await body()
    } catch {
        throw S3Error(storage: error)
    }
}

extension S3Error {
    /// The error that a client gets for a failure of the store.
    ///
    /// The label is needed: cases of both types share their names, and `S3Error(.noSuchKey)` must mean the catalogue's.
    init(storage error: StorageError) {
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
