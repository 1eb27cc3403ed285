public import CofferModel

/// The default encryption of buckets.
extension S3Client {
    /// Says how objects are encrypted that ask for nothing themselves.
    public func putBucketEncryption(_ bucket: BucketName, _ encryption: EncryptionConfiguration) async throws {
        try await put(encryption.document, "encryption", bucket)
    }

    /// How objects are encrypted that ask for nothing themselves.
    ///
    /// - Throws: ``TransportError`` for a configuration that says what `EncryptionConfiguration` cannot: whoever writes back
    ///   what was read must not lose it.
    public func getBucketEncryption(_ bucket: BucketName) async throws -> EncryptionConfiguration {
        try EncryptionConfiguration(try await getElement("encryption", bucket))
    }

    /// Goes back to the service's own encryption.
    public func deleteBucketEncryption(_ bucket: BucketName) async throws {
        try await delete("encryption", bucket)
    }
}

extension EncryptionConfiguration {
    /// Reads what a service answers: algorithms that cannot be asked for are told, too.
    fileprivate init(_ root: XMLElement) throws(TransportError) {
        try root.rejectUnknownChildren("Rule")
        let rules = root.all("Rule")
        guard rules.count == 1, let encryption = rules[0]["ApplyServerSideEncryptionByDefault"] else {
            throw TransportError(.badAnswer, "the bucket's encryption has not one rule with an algorithm")
        }
        try rules[0].rejectUnknownChildren(
            "ApplyServerSideEncryptionByDefault", "BucketKeyEnabled", "BlockedEncryptionTypes")
        try encryption.rejectUnknownChildren("SSEAlgorithm", "KMSMasterKeyID")
        try rules[0]["BlockedEncryptionTypes"]?.rejectUnknownChildren("EncryptionType")
        self.init(
            algorithm: try encryption.told("SSEAlgorithm", encryption.text("SSEAlgorithm")),
            keyID: encryption.text("KMSMasterKeyID"), usesBucketKey: rules[0].isTrue("BucketKeyEnabled"),
            blockedTypes: rules[0]["BlockedEncryptionTypes"]?.all("EncryptionType").map(\.text) ?? [])
    }
}
