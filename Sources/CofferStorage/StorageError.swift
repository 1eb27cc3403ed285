package import CofferModel

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Why the store could not do what was asked.
package enum StorageError: Error, Sendable {
    case noSuchBucket
    case bucketExists(Bucket)
    case bucketNotEmpty
    case noSuchKey
    /// A condition that the caller gave does not hold.
    case refused(S3Error)
    /// The disk is full, or a quota is reached.
    case noSpace
    /// The disk, the catalog or the store's own data fails; the text is for the log.
    case failed(String)

    /// Whether what was asked may have been done all the same: a commit whose sync failed can stand after a restart.
    var leavesOutcomeOpen: Bool {
        switch self {
        case .noSpace, .failed: true
        case .noSuchBucket, .bucketExists, .bucketNotEmpty, .noSuchKey, .refused: false
        }
    }

    /// The error that `errno` stands for.
    static func system(_ number: Int32, _ action: String) -> StorageError {
        let isFull = number == ENOSPC || number == EDQUOT
        return isFull ? .noSpace : .failed("cannot \(action): \(String(cString: strerror(number)))")
    }
}
