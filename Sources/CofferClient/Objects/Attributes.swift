public import CofferModel

/// GetObjectAttributes.
extension S3Client {
    /// Returns an object's attributes, including its parts if their checksums are the client's own.
    public func getObjectAttributes(
        bucket: BucketName, key: ObjectKey, version: VersionID? = nil
    ) async throws -> ObjectAttributes {
        var attributes = ObjectAttributes()
        var marker: String?
        repeat {
            var call = S3Call("GET", bucket, key, query: [("attributes", nil)])
            call.add(query: "versionId", version?.description)
            call.add("x-amz-object-attributes", "ETag,Checksum,ObjectParts,StorageClass,ObjectSize")
            call.add("x-amz-part-number-marker", marker)
            call.add(customerKey)
            let (root, head) = try await document(call)
            attributes.read(root, head)
            let parts = root["ObjectParts"]
            marker = try parts?.marker("NextPartNumberMarker", after: marker)
        } while marker != nil
        return attributes
    }
}

/// The attributes that a service reports for an object.
public struct ObjectAttributes: Sendable, Hashable, Codable {
    /// The object's ETag.
    public private(set) var eTag: ETag?
    /// The object's size in bytes.
    public private(set) var byteCount: Int64 = 0
    /// The storage class, such as `STANDARD`.
    public private(set) var storageClass: String?
    /// When the object was written.
    public private(set) var lastModified: Timestamp?
    /// The version, in versioned buckets.
    public private(set) var version: VersionID?
    /// The object's checksums.
    public private(set) var checksums: [Checksum] = []
    /// What the checksums cover, where the service reports it.
    public private(set) var checksumType: ChecksumType?
    /// nil for an object that was not uploaded in parts.
    public private(set) var partCount: Int?
    /// Empty if the service does not list them individually.
    public private(set) var parts: [Part] = []

    /// A part that the object was uploaded in.
    public struct Part: Sendable, Hashable, Codable {
        /// The part's number, from 1.
        public let number: Int
        /// The part's size in bytes.
        public let byteCount: Int64
        /// The part's checksums.
        public let checksums: [Checksum]
    }

    mutating func read(_ root: XMLElement, _ head: HTTPResponseHead) {
        let info = ObjectInfo(head)
        eTag = root.text("ETag").map { ETag(header: $0) }
        byteCount = root.number("ObjectSize") ?? 0
        storageClass = root.text("StorageClass")
        (lastModified, version) = (info.lastModified, info.version)
        checksums = root["Checksum"]?.checksums ?? []
        checksumType = root["Checksum"]?.text("ChecksumType").flatMap(ChecksumType.init)
        guard let list = root["ObjectParts"] else { return }
        partCount = (list.number("PartsCount") ?? list.number("TotalPartsCount")).map { Int($0) }
        parts += list.all("Part").compactMap { part in
            guard let number = part.number("PartNumber"), let size = part.number("Size") else { return nil }
            return Part(number: Int(number), byteCount: size, checksums: part.checksums)
        }
    }
}
