import CofferModel

/// Decisions of callers within a transaction.
extension CatalogTransaction {
    /// Passes the current version to a caller's condition.
    func check(_ condition: WriteCheck?, _ key: ObjectKey, in bucket: Bucket) async throws(StorageError) {
        guard let condition else { return }
        let current = try await object(key, version: nil, in: bucket)
        try decide { () throws(S3Error) in try condition(current) }
    }

    func decide<Value>(_ decide: () throws(S3Error) -> Value) throws(StorageError) -> Value {
        do throws(S3Error) {
            return try decide()
        } catch {
            throw StorageError.refused(error)
        }
    }

    /// Throws if a version is locked. Every removal of a version, and every change of its bytes, must call this.
    func requireUnlocked(_ record: ObjectRecord, bypassesGovernance: Bool = false) throws(StorageError) {
        let lock = ObjectLock(record.attributes.field)
        guard !lock.forbidsDeletion(at: time, bypassesGovernance: bypassesGovernance) else {
            throw .refused(S3Error(.accessDenied, "Access Denied because object protected by object lock."))
        }
    }
}
