public import CofferModel

/// The default encryption of buckets.
extension S3Client {
    /// Sets how objects are encrypted when their requests do not specify an encryption.
    public func putBucketEncryption(bucket: BucketName, encryption: EncryptionConfiguration) async throws {
        try await put(encryption.document, "encryption", bucket)
    }

    /// Returns how objects are encrypted when their requests do not specify an encryption.
    ///
    /// - Throws: ``TransportError`` for a configuration that `EncryptionConfiguration` cannot represent: a caller that
    ///   reads it and writes it back must not lose settings.
    public func getBucketEncryption(bucket: BucketName) async throws -> EncryptionConfiguration {
        try EncryptionConfiguration(try await getElement("encryption", bucket))
    }

    /// Restores the service's own default encryption.
    public func deleteBucketEncryption(bucket: BucketName) async throws {
        try await delete("encryption", bucket)
    }
}

extension EncryptionConfiguration {
    /// Reads a service's response, including algorithms that a request cannot ask for.
    fileprivate init(_ root: XMLElement) throws(TransportError) {
        try root.rejectUnknownChildren("Rule")
        let rules = root.all("Rule")
        guard rules.count == 1, let encryption = rules[0]["ApplyServerSideEncryptionByDefault"] else {
            throw TransportError(.badResponse, "the bucket's encryption must be one rule with an algorithm, and is not")
        }
        try rules[0].rejectUnknownChildren(
            "ApplyServerSideEncryptionByDefault", "BucketKeyEnabled", "BlockedEncryptionTypes")
        try encryption.rejectUnknownChildren("SSEAlgorithm", "KMSMasterKeyID")
        try rules[0]["BlockedEncryptionTypes"]?.rejectUnknownChildren("EncryptionType")
        self.init(
            algorithm: try encryption.required("SSEAlgorithm", encryption.text("SSEAlgorithm")),
            keyID: encryption.text("KMSMasterKeyID"), usesBucketKey: rules[0].isTrue("BucketKeyEnabled"),
            blockedTypes: rules[0]["BlockedEncryptionTypes"]?.all("EncryptionType").map(\.text) ?? [])
    }
}
