import CofferModel
import Testing

@testable import CofferStorage

/// What a change has locked. Whatever is used without its lock is recorded as an issue of the test.
struct LockChecks {
    private let locks: CatalogLocks
    /// What the change itself has made, which no other change can know of.
    private var newBucket: Int64?
    private var newUpload: Upload.ID?
    /// The uploads of a bucket that is locked as a whole.
    private var uploadsOfBucket: Set<Upload.ID> = []

    init(_ locks: CatalogLocks) { self.locks = locks }

    mutating func made(_ bucket: Bucket) { newBucket = bucket.id }

    mutating func saw(_ uploads: [Upload], in bucket: Bucket) {
        if isWhole(bucket.id) { uploadsOfBucket.formUnion(uploads.map(\.id)) }
    }

    // MARK: Buckets and keys

    func requireName(_ name: BucketName) { require(locks.bucketName == name, "the name \(name)") }

    /// The bucket stays as it is.
    func requireBucket(_ id: Int64) {
        require(isWhole(id) || locks.bucket == id || locks.sourceBucket == id, "bucket \(id)")
    }

    /// Nothing in the bucket changes.
    func requireWhole(_ bucket: Bucket) { require(isWhole(bucket.id), "the whole bucket \(bucket.name)") }

    func requireRead(_ key: ObjectKey, in bucket: Bucket) {
        let isSource = locks.sourceBucket == bucket.id && locks.sourceKeys.contains(key)
        require(isSource || isLocked(key, in: bucket), "the key \(key)")
    }

    func requireWrite(_ key: ObjectKey, in bucket: Bucket) {
        require(isLocked(key, in: bucket), "the key \(key), which is written,")
    }

    func requireSequence() {
        require(!locks.keys.isEmpty || locks.isBucketExclusive, "a number in the order of the versions of no key")
    }

    private func isWhole(_ bucket: Int64) -> Bool {
        newBucket == bucket || (locks.bucket == bucket && locks.isBucketExclusive)
    }

    private func isLocked(_ key: ObjectKey, in bucket: Bucket) -> Bool {
        isWhole(bucket.id) || (locks.bucket == bucket.id && locks.keys.contains(key))
    }

    // MARK: Uploads

    func requireRead(_ upload: Upload.ID) { require(isLocked(upload), "upload \(upload)") }

    mutating func requireWrite(_ upload: Upload, in bucket: Bucket) {
        requireBucket(bucket.id)
        // It becomes known when the key's lock is released.
        if newUpload == nil, locks.upload == nil, isLocked(upload.key, in: bucket) { newUpload = upload.id }
        requireWrite(upload.id)
    }

    func requireWrite(_ upload: Upload.ID) {
        let isExclusive = isLocked(upload) && (locks.upload != upload || locks.isUploadExclusive)
        require(isExclusive, "upload \(upload), which is written,")
    }

    func requirePart(_ number: Int, of upload: Upload.ID) {
        let isOne = locks.upload == upload && locks.part == number
        require(isLocked(upload) && (isOne || locks.isUploadExclusive), "part \(number) of upload \(upload)")
    }

    /// With the bucket, whose deletion would delete the upload.
    private func isLocked(_ upload: Upload.ID) -> Bool {
        upload == newUpload || uploadsOfBucket.contains(upload) || (locks.upload == upload && locks.bucket != nil)
    }

    // MARK: Accounts

    func requireAccounts() { require(locks.accounts, "what accounts share") }

    private func require(_ isLocked: Bool, _ what: @autoclosure () -> String) {
        if !isLocked { Issue.record("\(what()) is used without its lock; locked is \(locks)") }
    }
}
