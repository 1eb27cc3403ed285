package import CofferModel
import Glibc

/// Why the store could not do what was asked.
package enum StorageError: Error, Sendable {
    /// It was deleted since the request looked it up; another of its name may be there.
    case noSuchBucket(BucketName)
    case bucketExists(Bucket)
    case bucketNotEmpty
    case noSuchKey(ObjectKey)
    case noSuchUpload
    /// The source of a copy was replaced or deleted since it was looked at.
    case sourceChanged
    /// What a bucket's versioning or Object Lock is does not admit the change.
    case invalidBucketState
    /// Too much is under way already.
    case busy
    /// A condition that the caller gave does not hold.
    case refused(S3Error)
    /// The disk is full, or a quota is reached.
    case noSpace
    /// The change was right, but the commit that held it failed. It may stand all the same after a restart.
    indirect case notCommitted(StorageError)
    /// Stored bytes are missing, or are not those that were written; the text is for the log.
    case damaged(String)
    /// The disk, the catalog or the store's own data fails; the text is for the log.
    case failed(String)

    /// The error that `errno` stands for.
    static func system(_ number: Int32, _ action: String) -> StorageError {
        switch number {
        case ENOSPC, EDQUOT: .noSpace
        // The descriptors of those that are served now come back.
        case EMFILE, ENFILE: .busy
        default: .failed("cannot \(action): \(String(cString: strerror(number)))")
        }
    }
}
