public import CofferModel

/// ListMultipartUploads.
extension S3Client {
    /// Lists the uploads to a bucket that were neither completed nor aborted, by key and then by the time they were
    /// initiated.
    ///
    /// - Parameter startAfter: leaves out the keys up to this one.
    public func listMultipartUploads(
        bucket: BucketName, prefix: String = "", startAfter: ObjectKey? = nil,
        options: ListingOptions = ListingOptions()
    ) -> Listing<ListedUpload> {
        list(
            .uploads(to: bucket), ListingScope(bucket: bucket, prefix: prefix, startAfter: startAfter, options: options)
        )
    }

    /// Lists the uploads to keys that begin with a prefix and have no delimiter after it, and the common prefixes of
    /// the other keys up to the delimiter.
    public func listUploadEntries(
        bucket: BucketName, prefix: String = "", delimiter: String = "/", startAfter: ObjectKey? = nil,
        options: ListingOptions = ListingOptions()
    ) -> Listing<ListedEntry<ListedUpload>> {
        listEntries(
            .uploads(to: bucket),
            ListingScope(
                bucket: bucket, prefix: prefix, delimiter: delimiter, startAfter: startAfter, options: options))
    }
}

extension ListingKind<ListedUpload> {
    fileprivate static func uploads(to bucket: BucketName) -> Self {
        ListingKind(
            query: [("uploads", nil)], start: "key-marker", size: "max-uploads",
            items: { root, isEncoded throws(TransportError) in
                try root.all("Upload").map { element throws(TransportError) in
                    try ListedUpload(element, bucket, isEncoded: isEncoded)
                }
            },
            key: \.upload.key,
            next: { root, isEncoded throws(TransportError) in
                try root.keyMarker(id: "NextUploadIdMarker", parameter: "upload-id-marker", isEncoded: isEncoded)
            })
    }
}

/// An upload as it appears in a listing.
public struct ListedUpload: Sendable, Hashable, Codable {
    public let upload: MultipartUpload
    public let initiated: Timestamp
    public let storageClass: String?
    /// The principal that initiated the upload.
    public let initiator: ListedPrincipal?
    /// The upload's owner, and the checksum it was initiated with.
    public let details: ListedDetails

    init(_ element: XMLElement, _ bucket: BucketName, isEncoded: Bool) throws(TransportError) {
        guard let id = element.text("UploadId") else {
            throw TransportError(.badAnswer, "the service's listing has an upload without an id")
        }
        let key = try element.keyBytes("Key", isEncoded: isEncoded)
        upload = MultipartUpload(bucket: bucket, key: ObjectKey(unchecked: key), id: id)
        initiated = element.time("Initiated") ?? Timestamp(milliseconds: 0)
        storageClass = element.text("StorageClass")
        initiator = ListedPrincipal(element["Initiator"])
        details = ListedDetails(element)
    }
}
