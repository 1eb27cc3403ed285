import CofferAccess
import CofferIAM
import CofferModel
import CofferService
import CofferStorage

/// Access to the documents of a bucket's sub-resources, for the operations that put, get and delete them.
extension Authorized {
    /// - Throws: an error with the bucket's name if the document does not exist.
    func configuration(_ kind: String, orThrow missing: S3Error.Code) async throws(S3Error) -> [UInt8] {
        try require(kind, in: try await configurations(), orThrow: missing)
    }

    /// Returns all documents, as a consistent snapshot.
    func configurations() async throws(S3Error) -> [String: [UInt8]] {
        let bucket = try bucket
        return try await mappingAsyncStorageErrors { () async throws(StorageError) in
            try await service.store.configurations(of: bucket)
        }
    }

    /// - Throws: an error with the bucket's name if the document does not exist.
    func require(
        _ kind: String, in documents: [String: [UInt8]], orThrow missing: S3Error.Code
    ) throws(S3Error) -> [UInt8] {
        guard let document = documents[kind] else {
            throw S3Error(missing, details: [("BucketName", try bucket.name.description)])
        }
        return document
    }

    /// Refuses callers of other accounts, who may not access a bucket's policy even if it allows them to.
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

    /// - Parameter document: the new document; nil removes it.
    func setConfiguration(_ kind: String, to document: [UInt8]?) async throws(S3Error) {
        try await setConfigurations([kind: document])
    }

    /// Sets documents that belong together.
    ///
    /// - Parameter documents: the documents by sub-resource; nil removes one.
    func setConfigurations(_ documents: [String: [UInt8]?]) async throws(S3Error) {
        let bucket = try bucket
        try await mappingAsyncStorageErrors { () async throws(StorageError) in
            try await service.store.setConfigurations(documents, of: bucket)
        }
        service.buckets.invalidate(bucket.name)
    }
}
