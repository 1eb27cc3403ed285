public import CofferModel

/// ListMultipartUploads.
extension S3Client {
    /// Lists the uploads to a bucket that were neither completed nor aborted, by key and then by the time they were
    /// initiated.
    ///
    /// - Parameters:
    ///   - bucket: the bucket.
    ///   - prefix: lists only keys that begin with it.
    ///   - startAfter: leaves out the keys up to this one.
    ///   - options: page size and details.
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
    /// The upload, which can be continued or aborted.
    public let upload: MultipartUpload
    /// When the upload was initiated.
    public let initiated: Timestamp
    /// The storage class that the object will have.
    public let storageClass: String?
    /// The principal that initiated the upload.
    public let initiator: ListedPrincipal?
    /// The upload's owner, and the checksum it was initiated with.
    public let details: ListedDetails

    init(_ element: XMLElement, _ bucket: BucketName, isEncoded: Bool) throws(TransportError) {
        guard let id = element.text("UploadId") else {
            throw TransportError(.badResponse, "the service's listing has an upload without an ID")
        }
        let key = try element.keyBytes("Key", isEncoded: isEncoded)
        upload = MultipartUpload(bucket: bucket, key: ObjectKey(unchecked: key), id: id)
        initiated = element.time("Initiated") ?? Timestamp(milliseconds: 0)
        storageClass = element.text("StorageClass")
        initiator = ListedPrincipal(element["Initiator"])
        details = ListedDetails(element)
    }
}
