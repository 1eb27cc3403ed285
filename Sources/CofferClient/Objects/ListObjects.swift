public import CofferModel

/// ListObjectsV2.
extension S3Client {
    /// Lists the objects whose keys begin with a prefix, in byte order of their keys.
    ///
    /// - Parameters:
    ///   - bucket: the bucket.
    ///   - prefix: lists only keys that begin with it.
    ///   - startAfter: leaves out the keys up to this one.
    ///   - options: page size and details.
    public func listObjects(
        bucket: BucketName, prefix: String = "", startAfter: ObjectKey? = nil,
        options: ListingOptions = ListingOptions()
    ) -> Listing<ListedObject> {
        list(
            .objects(options),
            ListingScope(bucket: bucket, prefix: prefix, startAfter: startAfter, options: options))
    }

    /// Lists the objects whose keys begin with a prefix and have no delimiter after it, and the common prefixes of the
    /// other keys up to the delimiter, like the contents of a folder. Both come in one order, page by page.
    public func listEntries(
        bucket: BucketName, prefix: String = "", delimiter: String = "/", startAfter: ObjectKey? = nil,
        options: ListingOptions = ListingOptions()
    ) -> Listing<ListedEntry<ListedObject>> {
        listEntries(
            .objects(options),
            ListingScope(
                bucket: bucket, prefix: prefix, delimiter: delimiter, startAfter: startAfter, options: options))
    }
}

extension ListingKind<ListedObject> {
    fileprivate static func objects(_ options: ListingOptions) -> Self {
        ListingKind(
            query: [("list-type", "2")] + (options.includesOwners ? [("fetch-owner", "true")] : []),
            start: "start-after", size: "max-keys",
            items: { root, isEncoded throws(TransportError) in
                try root.all("Contents").map { element throws(TransportError) in
                    try ListedObject(element, isEncoded: isEncoded)
                }
            },
            key: \.key,
            next: { root, _ throws(TransportError) in
                try root.marker("NextContinuationToken").map { [("continuation-token", $0)] }
            })
    }
}

/// An object as it appears in a listing.
public struct ListedObject: Sendable, Hashable, Codable {
    /// The object's key.
    public let key: ObjectKey
    /// The object's size in bytes.
    public let byteCount: Int64
    /// The object's ETag.
    public let eTag: ETag
    /// When the object was written.
    public let lastModified: Timestamp
    /// The storage class, such as `STANDARD`.
    public let storageClass: String?
    /// Further information.
    public let details: ListedDetails

    init(_ element: XMLElement, isEncoded: Bool) throws(TransportError) {
        key = ObjectKey(unchecked: try element.keyBytes("Key", isEncoded: isEncoded))
        byteCount = try element.size()
        eTag = ETag(header: element["ETag"]?.text ?? "")
        lastModified = element.time("LastModified") ?? Timestamp(milliseconds: 0)
        storageClass = element.text("StorageClass")
        details = ListedDetails(element)
    }
}
