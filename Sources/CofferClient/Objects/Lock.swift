public import CofferModel

/// Object Lock: the configuration of buckets, and the retention and legal holds of versions.
extension S3Client {
    /// Sets how long new versions are retained when their requests do not specify a retention.
    public func putObjectLockConfiguration(
        bucket: BucketName, configuration: ObjectLockConfiguration
    ) async throws {
        try await put(configuration.document, "object-lock", bucket)
    }

    /// Returns how long new versions of a bucket are retained when their requests do not specify a retention.
    ///
    /// - Throws: `ObjectLockConfigurationNotFoundError`.
    public func getObjectLockConfiguration(bucket: BucketName) async throws -> ObjectLockConfiguration {
        let document = try await get("object-lock", bucket)
        return try reading("ObjectLockConfiguration") { () throws(S3Error) in
            try ObjectLockConfiguration(document: document)
        }
    }

    /// Sets how long a version is retained, and how strictly.
    ///
    /// - Parameters:
    ///   - bucket: the bucket.
    ///   - key: the object's key.
    ///   - version: the version; nil for the current one.
    ///   - retention: nil removes it.
    ///   - bypassesGovernance: shortens or removes a retention in governance mode, if the caller is allowed to.
    public func putObjectRetention(
        bucket: BucketName, key: ObjectKey, version: VersionID? = nil, retention: ObjectLock.Retention?,
        bypassesGovernance: Bool = false
    ) async throws {
        let document = XMLWriter.document("Retention") { xml in
            guard let retention else { return }
            xml.element("Mode", retention.mode.rawValue)
            xml.element("RetainUntilDate", retention.until.iso8601)
        }
        let bypass: HeaderFields = bypassesGovernance ? ["x-amz-bypass-governance-retention": "true"] : [:]
        try await put(document, "retention", bucket, key, version: version, headers: bypass)
    }

    /// Returns how long a version is retained, and how strictly.
    ///
    /// - Throws: `NoSuchObjectLockConfiguration` for a version without retention.
    public func getObjectRetention(
        bucket: BucketName, key: ObjectKey, version: VersionID? = nil
    ) async throws -> ObjectLock.Retention {
        let root = try await getElement("retention", bucket, key, version: version)
        guard let mode = root.text("Mode").flatMap(ObjectLock.Mode.init), let until = root.time("RetainUntilDate")
        else { throw TransportError(.badResponse, "the service's response is not a Retention") }
        return ObjectLock.Retention(mode: mode, until: until)
    }

    /// Places a legal hold on a version, or removes it; a hold does not expire.
    public func putObjectLegalHold(
        bucket: BucketName, key: ObjectKey, version: VersionID? = nil, isHeld: Bool
    ) async throws {
        let document = XMLWriter.document("LegalHold") { $0.element("Status", isHeld ? "ON" : "OFF") }
        try await put(document, "legal-hold", bucket, key, version: version)
    }

    /// Returns whether a version is under a legal hold.
    ///
    /// - Throws: `NoSuchObjectLockConfiguration` for a version whose legal hold was never set.
    public func getObjectLegalHold(
        bucket: BucketName, key: ObjectKey, version: VersionID? = nil
    ) async throws -> Bool {
        try await getElement("legal-hold", bucket, key, version: version)["Status"]?.text == "ON"
    }
}
