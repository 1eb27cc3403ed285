public import CofferModel

/// CopyObject.
extension S3Client {
    /// Copies an object within the service, up to 5 GiB.
    ///
    /// - Parameters:
    ///   - settings: in place of the source's; nil keeps those, its tags too.
    ///   - conditions: what must be true of the source.
    ///   - condition: what must be true of the object that the copy replaces.
    @discardableResult
    public func copyObject(
        from source: CopySource, to bucket: BucketName, _ key: ObjectKey, _ settings: ObjectSettings? = nil,
        ifSource conditions: ReadConditions = ReadConditions(), if condition: WriteCondition? = nil
    ) async throws -> WrittenObject {
        // An empty body has a length, without which some services refuse a PUT.
        var call = S3Call(
            "PUT", bucket, key, headers: [("x-amz-copy-source", source.headerValue)], body: .bytes([]))
        call.headers += conditions.headerFields(prefix: "x-amz-copy-source-")
        call.add(source.customerKey, prefix: "x-amz-copy-source-")
        call.add(customerKey)
        if let condition { call.headers.append(condition.headerField) }
        if let settings {
            call.headers += [("x-amz-metadata-directive", "REPLACE"), ("x-amz-tagging-directive", "REPLACE")]
            call.headers += settings.headerFields
        }
        let (root, head) = try await document(call)
        return try WrittenObject(head, root)
    }
}

/// The object that is copied.
public struct CopySource: Sendable {
    public let bucket: BucketName
    public let key: ObjectKey
    /// nil for the present one.
    public let version: VersionID?
    /// What it is encrypted with, if that is a key of one's own.
    public let customerKey: CustomerKey?

    public init(
        _ bucket: BucketName, _ key: ObjectKey, version: VersionID? = nil, customerKey: CustomerKey? = nil
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
