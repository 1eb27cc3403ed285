public import CofferModel

/// Object Lock: the configuration of buckets, retention and legal holds of versions.
extension S3Client {
    /// Says how long new versions are retained that ask for nothing themselves.
    public func putObjectLockConfiguration(
        _ bucket: BucketName, _ configuration: ObjectLockConfiguration
    ) async throws {
        try await put(configuration.document, "object-lock", bucket)
    }

    /// How long new versions of a bucket are retained that ask for nothing themselves.
    ///
    /// - Throws: `ObjectLockConfigurationNotFoundError`.
    public func getObjectLockConfiguration(_ bucket: BucketName) async throws -> ObjectLockConfiguration {
        let document = try await get("object-lock", bucket)
        return try reading("ObjectLockConfiguration") { () throws(S3Error) in
            try ObjectLockConfiguration(document: document)
        }
    }

    /// - Parameters:
    ///   - retention: nil lifts it.
    ///   - bypassesGovernance: shortens or lifts a retention in governance mode, if the caller may.
    public func putObjectRetention(
        _ bucket: BucketName, _ key: ObjectKey, version: VersionID? = nil, _ retention: ObjectLock.Retention?,
        bypassesGovernance: Bool = false
    ) async throws {
        let document = XMLWriter.document("Retention") { xml in
            guard let retention else { return }
            xml.element("Mode", retention.mode.rawValue)
            xml.element("RetainUntilDate", retention.until.iso8601)
        }
        let bypass = bypassesGovernance ? [("x-amz-bypass-governance-retention", "true")] : []
        try await put(document, "retention", bucket, key, version: version, headers: bypass)
    }

    /// Until when a version is retained, and how strictly.
    ///
    /// - Throws: `NoSuchObjectLockConfiguration` for a version without retention.
    public func getObjectRetention(
        _ bucket: BucketName, _ key: ObjectKey, version: VersionID? = nil
    ) async throws -> ObjectLock.Retention {
        let root = try await getElement("retention", bucket, key, version: version)
        guard let mode = root.text("Mode").flatMap(ObjectLock.Mode.init), let until = root.time("RetainUntilDate")
        else { throw TransportError(.badAnswer, "the service's answer is not a Retention") }
        return ObjectLock.Retention(mode: mode, until: until)
    }

    /// Holds a version, or lets it go; a hold has no end of its own.
    public func putObjectLegalHold(
        _ bucket: BucketName, _ key: ObjectKey, version: VersionID? = nil, _ isHeld: Bool
    ) async throws {
        let document = XMLWriter.document("LegalHold") { $0.element("Status", isHeld ? "ON" : "OFF") }
        try await put(document, "legal-hold", bucket, key, version: version)
    }

    /// Whether a version is held.
    ///
    /// - Throws: `NoSuchObjectLockConfiguration` for a version of which nobody ever said whether it is held.
    public func getObjectLegalHold(
        _ bucket: BucketName, _ key: ObjectKey, version: VersionID? = nil
    ) async throws -> Bool {
        try await getElement("legal-hold", bucket, key, version: version)["Status"]?.text == "ON"
    }
}
