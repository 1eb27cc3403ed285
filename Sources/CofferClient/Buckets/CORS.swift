public import CofferModel

/// The cross-origin rules of buckets.
extension S3Client {
    /// Replaces a bucket's cross-origin rules.
    public func putBucketCORS(bucket: BucketName, configuration: CORSConfiguration) async throws {
        try await put(configuration.document, "cors", bucket)
    }

    /// Returns a bucket's cross-origin rules.
    ///
    /// - Throws: `NoSuchCORSConfiguration`.
    public func getBucketCORS(bucket: BucketName) async throws -> CORSConfiguration {
        let document = try await get("cors", bucket)
        return try reading("CORSConfiguration") { () throws(S3Error) in try CORSConfiguration(document: document) }
    }

    /// Removes a bucket's cross-origin rules.
    public func deleteBucketCORS(bucket: BucketName) async throws {
        try await delete("cors", bucket)
    }
}
