public import CofferModel

/// Ownership controls, public access blocks and default encryption of buckets.
extension S3Client {
    public func putBucketOwnershipControls(_ bucket: BucketName, _ ownership: ObjectOwnership) async throws {
        try await put(ownership.document, "ownershipControls", bucket)
    }

    /// - Throws: `OwnershipControlsNotFoundError`.
    public func getBucketOwnershipControls(_ bucket: BucketName) async throws -> ObjectOwnership {
        let document = try await get("ownershipControls", bucket)
        return try reading("OwnershipControls") { () throws(S3Error) in try ObjectOwnership(document: document) }
    }

    public func deleteBucketOwnershipControls(_ bucket: BucketName) async throws {
        try await delete("ownershipControls", bucket)
    }

    public func putPublicAccessBlock(_ bucket: BucketName, _ block: PublicAccessBlock) async throws {
        try await put(block.document, "publicAccessBlock", bucket)
    }

    /// - Throws: `NoSuchPublicAccessBlockConfiguration`.
    public func getPublicAccessBlock(_ bucket: BucketName) async throws -> PublicAccessBlock {
        let document = try await get("publicAccessBlock", bucket)
        return try reading("PublicAccessBlockConfiguration") { () throws(S3Error) in
            try PublicAccessBlock(document: document)
        }
    }

    public func deletePublicAccessBlock(_ bucket: BucketName) async throws {
        try await delete("publicAccessBlock", bucket)
    }

    public func putBucketEncryption(_ bucket: BucketName, _ encryption: EncryptionConfiguration) async throws {
        try await put(encryption.document, "encryption", bucket)
    }

    public func getBucketEncryption(_ bucket: BucketName) async throws -> EncryptionConfiguration {
        let document = try await get("encryption", bucket)
        return try reading("ServerSideEncryptionConfiguration") { () throws(S3Error) in
            try EncryptionConfiguration(document: document)
        }
    }

    public func deleteBucketEncryption(_ bucket: BucketName) async throws {
        try await delete("encryption", bucket)
    }
}
