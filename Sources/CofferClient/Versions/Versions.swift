public import CofferModel

/// Versioning of buckets, and ListObjectVersions.
extension S3Client {
    /// Enables or suspends the versioning of a bucket.
    ///
    /// - Parameters:
    ///   - bucket: the bucket.
    ///   - versioning: `enabled` or `suspended`; a bucket that was ever versioned never returns to `neverEnabled`.
    ///   - mfaDelete: nil leaves it unchanged. Services refuse nil if deletions already require a code.
    public func putBucketVersioning(
        bucket: BucketName, versioning: Versioning, mfaDelete: MFADelete? = nil
    ) async throws {
        let document = XMLWriter.document("VersioningConfiguration") { xml in
            switch versioning {
            case .neverEnabled: break
            case .enabled: xml.element("Status", "Enabled")
            case .suspended: xml.element("Status", "Suspended")
            }
            xml.optional("MfaDelete", mfaDelete.map { $0.isNeeded ? "Enabled" : "Disabled" })
        }
        try await put(document, "versioning", bucket, headers: HeaderFields(present: ["x-amz-mfa": mfaDelete?.code]))
    }

    /// Returns whether a bucket keeps the versions that a write replaces.
    public func getBucketVersioning(bucket: BucketName) async throws -> Versioning {
        return switch try await getElement("versioning", bucket).text("Status") {
        case "Enabled": .enabled
        case "Suspended": .suspended
        default: .neverEnabled
        }
    }

    /// Returns whether deleting a bucket's versions, and changing its versioning, requires a code from the owner's
    /// device.
    public func needsMFAForDeletions(bucket: BucketName) async throws -> Bool {
        try await getElement("versioning", bucket).text("MfaDelete") == "Enabled"
    }

    /// Lists all versions and delete markers of the objects whose keys begin with a prefix: by key, newest first.
    ///
    /// - Parameters:
    ///   - bucket: the bucket.
    ///   - prefix: lists only keys that begin with it.
    ///   - startAfter: leaves out the keys up to this one.
    ///   - options: page size and details.
    public func listObjectVersions(
        bucket: BucketName, prefix: String = "", startAfter: ObjectKey? = nil,
        options: ListingOptions = ListingOptions()
    ) -> Listing<ListedVersion> {
        list(.versions, ListingScope(bucket: bucket, prefix: prefix, startAfter: startAfter, options: options))
    }

    /// Lists all versions and delete markers of the objects whose keys begin with a prefix and have no delimiter after
    /// it, and the common prefixes of the other keys up to the delimiter.
    public func listVersionEntries(
        bucket: BucketName, prefix: String = "", delimiter: String = "/", startAfter: ObjectKey? = nil,
        options: ListingOptions = ListingOptions()
    ) -> Listing<ListedEntry<ListedVersion>> {
        listEntries(
            .versions,
            ListingScope(
                bucket: bucket, prefix: prefix, delimiter: delimiter, startAfter: startAfter, options: options))
    }
}

extension ListingKind<ListedVersion> {
    fileprivate static var versions: Self {
        ListingKind(
            query: [("versions", nil)], start: "key-marker", size: "max-keys",
            items: { root, isEncoded throws(TransportError) in
                var versions: [ListedVersion] = []
                for element in root.children {
                    if let version = try ListedVersion(element, isEncoded: isEncoded) { versions.append(version) }
                }
                return versions
            },
            key: \.key,
            next: { root, isEncoded throws(TransportError) in
                try root.keyMarker(id: "NextVersionIdMarker", parameter: "version-id-marker", isEncoded: isEncoded)
            })
    }
}

/// A version or delete marker as it appears in a listing.
public struct ListedVersion: Sendable, Hashable, Codable {
    /// The object's key.
    public let key: ObjectKey
    /// The version's ID.
    public let version: VersionID
    /// Whether it is the version that is read if none is specified.
    public let isLatest: Bool
    /// When the version was written.
    public let lastModified: Timestamp
    /// Whether it is a delete marker.
    public let isDeleteMarker: Bool
    /// 0, and no ETag, for a delete marker.
    public let byteCount: Int64
    /// The version's ETag; nil for a delete marker.
    public let eTag: ETag?
    /// The storage class, such as `STANDARD`; nil for a delete marker.
    public let storageClass: String?
    /// Further information.
    public let details: ListedDetails

    /// - Returns: nil for elements of the listing that are neither versions nor delete markers.
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
        details = ListedDetails(element)
    }
}

/// Whether deleting versions should require a code from the owner's device, and the code to make this change.
///
/// Source: S3 User Guide, "Configuring MFA delete".
public struct MFADelete: Sendable, Equatable {
    /// Whether deletions will require a code.
    public let isNeeded: Bool
    /// The device's serial number or ARN, a space, and the code that it shows.
    public let code: String

    /// Creates a change.
    public init(isNeeded: Bool, code: String) {
        self.isNeeded = isNeeded
        self.code = code
    }
}
