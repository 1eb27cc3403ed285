public import CofferModel

/// Ownership controls and public access blocks of buckets.
extension S3Client {
    /// Sets who owns the objects of a bucket, and whether ACLs have an effect there.
    public func putBucketOwnershipControls(bucket: BucketName, ownership: ObjectOwnership) async throws {
        try await put(ownership.document, "ownershipControls", bucket)
    }

    /// Returns who owns the objects of a bucket, and whether ACLs have an effect there.
    ///
    /// - Throws: `OwnershipControlsNotFoundError`.
    public func getBucketOwnershipControls(bucket: BucketName) async throws -> ObjectOwnership {
        let document = try await get("ownershipControls", bucket)
        return try reading("OwnershipControls") { () throws(S3Error) in try ObjectOwnership(document: document) }
    }

    /// Removes a bucket's ownership controls.
    public func deleteBucketOwnershipControls(bucket: BucketName) async throws {
        try await delete("ownershipControls", bucket)
    }

    /// Sets what a bucket denies to the public.
    public func putPublicAccessBlock(bucket: BucketName, block: PublicAccessBlock) async throws {
        try await put(block.document, "publicAccessBlock", bucket)
    }

    /// Returns what a bucket denies to the public.
    ///
    /// - Throws: `NoSuchPublicAccessBlockConfiguration`.
    public func getPublicAccessBlock(bucket: BucketName) async throws -> PublicAccessBlock {
        let document = try await get("publicAccessBlock", bucket)
        return try reading("PublicAccessBlockConfiguration") { () throws(S3Error) in
            try PublicAccessBlock(document: document)
        }
    }

    /// Removes a bucket's public access block.
    public func deletePublicAccessBlock(bucket: BucketName) async throws {
        try await delete("publicAccessBlock", bucket)
    }
}
