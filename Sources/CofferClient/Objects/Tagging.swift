public import CofferModel

/// The tags of objects and buckets.
extension S3Client {
    /// Replaces an object's tags.
    public func putObjectTagging(
        bucket: BucketName, key: ObjectKey, version: VersionID? = nil, tags: [Tag]
    ) async throws {
        try await put(Self.document(tags), "tagging", bucket, key, version: version)
    }

    /// Returns an object's tags; the list is empty if it has none.
    public func getObjectTagging(
        bucket: BucketName, key: ObjectKey, version: VersionID? = nil
    ) async throws -> [Tag] {
        tags(try await getElement("tagging", bucket, key, version: version))
    }

    /// Removes all tags of an object.
    public func deleteObjectTagging(bucket: BucketName, key: ObjectKey, version: VersionID? = nil) async throws {
        try await delete("tagging", bucket, key, version: version)
    }

    /// Replaces a bucket's tags.
    public func putBucketTagging(bucket: BucketName, tags: [Tag]) async throws {
        try await put(Self.document(tags), "tagging", bucket)
    }

    /// Returns a bucket's tags.
    ///
    /// - Throws: `NoSuchTagSet`.
    public func getBucketTagging(bucket: BucketName) async throws -> [Tag] {
        tags(try await getElement("tagging", bucket))
    }

    /// Removes all tags of a bucket.
    public func deleteBucketTagging(bucket: BucketName) async throws {
        try await delete("tagging", bucket)
    }

    private static func document(_ tags: [Tag]) -> [UInt8] {
        XMLWriter.document("Tagging") { $0.element("TagSet") { $0.write(tags) } }
    }

    private func tags(_ root: XMLElement) -> [Tag] {
        root["TagSet"]?.all("Tag").map { Tag(key: $0["Key"]?.text ?? "", value: $0["Value"]?.text ?? "") } ?? []
    }
}

extension XMLWriter {
    mutating func write(_ tags: [Tag]) {
        for tag in tags {
            element("Tag") { xml in
                xml.element("Key", tag.key)
                xml.element("Value", tag.value)
            }
        }
    }
}
