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

    /// - Parameter document: nil removes it.
    func setConfiguration(_ kind: String, to document: [UInt8]?) async throws(S3Error) {
        let bucket = try bucket
        try await awaitStore { () async throws(StorageError) in
            try await service.store.setConfiguration(kind, of: bucket, to: document)
        }
        service.buckets.invalidate(bucket.name)
    }
}
