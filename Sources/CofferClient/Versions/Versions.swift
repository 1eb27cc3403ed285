public import CofferModel

/// Versioning of buckets, and ListObjectVersions.
extension S3Client {
    /// - Parameter versioning: `enabled` or `suspended`; a bucket that had versions never goes back to `neverEnabled`.
    public func putBucketVersioning(_ bucket: BucketName, _ versioning: Versioning) async throws {
        let document = XMLWriter.document("VersioningConfiguration") { xml in
            switch versioning {
            case .neverEnabled: break
            case .enabled: xml.element("Status", "Enabled")
            case .suspended: xml.element("Status", "Suspended")
            }
        }
        try await put(document, "versioning", bucket)
    }

    /// Whether a bucket keeps the versions that a write replaces.
    public func getBucketVersioning(_ bucket: BucketName) async throws -> Versioning {
        return switch try await getElement("versioning", bucket).text("Status") {
        case "Enabled": .enabled
        case "Suspended": .suspended
        default: .neverEnabled
        }
    }

    /// All versions and delete markers of the objects whose keys begin with a prefix: by key, newest first.
    public func listObjectVersions(_ bucket: BucketName, prefix: String = "") -> Listing<ListedVersion> {
        Listing { from in
            var call = S3Call("GET", bucket, query: [("versions", nil), ("encoding-type", "url")] + from)
            if !prefix.isEmpty { call.add(query: "prefix", prefix) }
            let (root, _) = try await document(call)
            let isEncoded = root.isURLEncoded
            let versions = try root.children.compactMap { try ListedVersion($0, isEncoded: isEncoded) }
            guard try root.marker("NextKeyMarker") != nil else {
                return Listing<ListedVersion>.Page(elements: versions, next: nil)
            }
            let key = try root.keyBytes("NextKeyMarker", isEncoded: isEncoded)
            var next: [Listing<ListedVersion>.Parameter] = [("key-marker", String(decoding: key, as: UTF8.self))]
            if let version = root.text("NextVersionIdMarker") { next.append(("version-id-marker", version)) }
            return Listing<ListedVersion>.Page(elements: versions, next: next)
        }
    }
}

/// A version or delete marker as a listing tells of it.
public struct ListedVersion: Sendable {
    public let key: ObjectKey
    public let version: VersionID
    /// Whether it is the one that is read where no version is named.
    public let isLatest: Bool
    public let lastModified: Timestamp
    public let isDeleteMarker: Bool
    /// 0 and no tag for a delete marker.
    public let byteCount: Int64
    public let eTag: ETag?
    public let storageClass: String?

    /// - Returns: nil for elements of the listing that are neither.
    init?(_ element: XMLElement, isEncoded: Bool) throws(TransportError) {
        guard ["Version", "DeleteMarker"].contains(element.name) else { return nil }
        key = ObjectKey(unchecked: try element.keyBytes("Key", isEncoded: isEncoded))
        version = VersionID(opaque: element.text("VersionId") ?? "null")
        isLatest = element.isTrue("IsLatest")
        lastModified = element.time("LastModified") ?? Timestamp(milliseconds: 0)
        isDeleteMarker = element.name == "DeleteMarker"
        byteCount = isDeleteMarker ? 0 : try element.size()
        eTag = element.text("ETag").map { ETag(header: $0) }
        storageClass = element.text("StorageClass")
    }
}
