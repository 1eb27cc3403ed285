import CofferAccess
import CofferModel
import CofferStorage

/// Documents of a bucket's sub-resources, for the operations that put, get and delete them.
extension Authorized {
    func configuration(_ kind: String) throws(S3Error) -> [UInt8]? {
        let bucket = try bucket
        return try askStore { () throws(StorageError) in
            try service.store.configurations(of: bucket)[kind]
        }
    }

    /// Refuses callers of other accounts, who may not touch a bucket's policy even where it allows them to.
    ///
    /// - Throws: `MethodNotAllowed`.
    ///
    /// Source: S3 API Reference, PutBucketPolicy.
    func requireOwnersAccount() throws(S3Error) {
        guard access.principal.account?.id == (try bucket.owner) else {
            throw S3Error(
                .methodNotAllowed, details: [("Method", request.method), ("ResourceType", "BUCKETPOLICY")])
        }
    }

    /// - Parameter document: nil removes it.
    func setConfiguration(_ kind: String, to document: [UInt8]?) async throws(S3Error) {
        let bucket = try bucket
        try await awaitStore { () async throws(StorageError) in
            try await service.store.setConfiguration(kind, of: bucket, to: document)
        }
        service.buckets.invalidate(bucket.name)
    }
}
