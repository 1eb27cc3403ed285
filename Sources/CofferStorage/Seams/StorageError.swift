package import CofferModel
import Glibc

/// Why the store could not perform an operation.
package enum StorageError: Error, Sendable {
    /// The bucket was deleted since the request looked it up; another bucket may have its name.
    case noSuchBucket(BucketName)
    case bucketExists(Bucket)
    case bucketNotEmpty
    case noSuchKey(ObjectKey)
    case noSuchUpload
    /// The source of a copy was changed or deleted since it was looked up.
    case sourceChanged
    /// The bucket's versioning or Object Lock state does not permit the change.
    case invalidBucketState
    /// Too many operations are in progress.
    case busy
    /// A condition of the caller does not hold.
    case refused(S3Error)
    /// The disk is full, or a quota is reached.
    case noSpace
    /// The change itself succeeded, but its transaction failed to commit. It may still take effect after a restart.
    indirect case notCommitted(StorageError)
    /// Stored bytes are missing, or are not those that were written; the text is for the log.
    case damaged(String)
    /// The disk, the catalog or the store's own data fails; the text is for the log.
    case failed(String)

    /// Returns the error for an `errno` value.
    static func system(_ number: Int32, _ action: String) -> StorageError {
        switch number {
        case ENOSPC, EDQUOT: .noSpace
        // Descriptors become available again as current requests finish.
        case EMFILE, ENFILE: .busy
        default: .failed("cannot \(action): \(String(cString: strerror(number)))")
        }
    }
}
