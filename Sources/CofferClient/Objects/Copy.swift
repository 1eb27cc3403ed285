public import CofferModel

/// CopyObject.
extension S3Client {
    /// Copies an object within the service, up to 5 GiB.
    ///
    /// - Parameters:
    ///   - source: the object to copy from.
    ///   - bucket: the bucket.
    ///   - key: the object's key.
    ///   - settings: replace those of the source; nil keeps the source's, including its tags.
    ///   - conditions: the conditions that the source must meet.
    ///   - condition: the condition that the object replaced by the copy must meet.
    @discardableResult
    public func copyObject(
        from source: CopySource, bucket: BucketName, key: ObjectKey, settings: ObjectSettings? = nil,
        ifSource conditions: ReadConditions = ReadConditions(), if condition: WriteCondition? = nil
    ) async throws -> WrittenObject {
        // An empty body sends a length, without which some services refuse a PUT.
        var call = S3Call(
            "PUT", bucket, key, headers: ["x-amz-copy-source": source.headerValue], body: .bytes([]))
        call.headers += conditions.headerFields(prefix: "x-amz-copy-source-")
        call.add(source.customerKey, prefix: "x-amz-copy-source-")
        call.add(customerKey)
        if let condition { call.headers += condition.headerField }
        if let settings {
            call.headers += ["x-amz-metadata-directive": "REPLACE", "x-amz-tagging-directive": "REPLACE"]
            call.headers += settings.headerFields
        }
        let (root, head) = try await document(call)
        return try WrittenObject(head, root)
    }
}

/// The source object of a copy.
public struct CopySource: Sendable {
    /// The source's bucket.
    public let bucket: BucketName
    /// The source's key.
    public let key: ObjectKey
    /// nil for the current version.
    public let version: VersionID?
    /// The key that the source is encrypted with, if that is a customer-provided key.
    public let customerKey: CustomerKey?

    /// Creates a source.
    public init(
        bucket: BucketName, key: ObjectKey, version: VersionID? = nil, customerKey: CustomerKey? = nil
    ) {
        self.bucket = bucket
        self.key = key
        self.version = version
        self.customerKey = customerKey
    }

    var headerValue: String {
        let path = "\(bucket.encoded)/" + PercentEncoding.encode(key.bytes, keepingSlash: true)
        return version.map { "\(path)?versionId=\(PercentEncoding.encode($0.description.utf8))" } ?? path
    }
}
