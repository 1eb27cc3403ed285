public import CofferModel

/// ListObjectsV2.
extension S3Client {
    /// The objects whose keys begin with a prefix, in the order of their keys' bytes.
    ///
    /// - Parameter startAfter: leaves out the keys up to this one.
    public func listObjects(
        _ bucket: BucketName, prefix: String = "", startAfter: ObjectKey? = nil
    ) -> Listing<ListedObject> {
        Listing { from in
            let page = try await listPage(bucket, prefix: prefix, delimiter: nil, startAfter: startAfter, from: from)
            let objects = page.elements.compactMap { if case .object(let object) = $0 { object } else { nil } }
            return Listing<ListedObject>.Page(elements: objects, next: page.next)
        }
    }

    /// The objects whose keys begin with a prefix and have no delimiter behind it, and what the others have in common up
    /// to the delimiter: what a folder holds. Both come in one order, page by page.
    public func listEntries(
        _ bucket: BucketName, prefix: String = "", delimiter: String = "/", startAfter: ObjectKey? = nil
    ) -> Listing<ListedEntry> {
        Listing { from in
            try await listPage(bucket, prefix: prefix, delimiter: delimiter, startAfter: startAfter, from: from)
        }
    }

    private func listPage(
        _ bucket: BucketName, prefix: String, delimiter: String?, startAfter: ObjectKey?,
        from: [Listing<ListedEntry>.Parameter]
    ) async throws -> Listing<ListedEntry>.Page {
        var call = S3Call("GET", bucket, query: [("list-type", "2"), ("encoding-type", "url")] + from)
        if !prefix.isEmpty { call.add(query: "prefix", prefix) }
        call.add(query: "delimiter", delimiter)
        call.add(query: "start-after", startAfter?.description)
        let (root, _) = try await document(call)
        let isEncoded = root.isURLEncoded
        let objects = try root.all("Contents").map { try ListedObject($0, isEncoded: isEncoded) }
        let prefixes = try root.all("CommonPrefixes").map { try $0.keyBytes("Prefix", isEncoded: isEncoded) }
        let entries =
            objects.map(ListedEntry.object) + prefixes.map { .commonPrefix(String(decoding: $0, as: UTF8.self)) }
        let next = try root.marker("NextContinuationToken")
        return Listing<ListedEntry>.Page(
            elements: prefixes.isEmpty ? entries : entries.sorted { $0.order.lexicographicallyPrecedes($1.order) },
            next: next.map { [("continuation-token", $0)] })
    }
}

/// An object as a listing tells of it.
public struct ListedObject: Sendable {
    public let key: ObjectKey
    public let byteCount: Int64
    public let eTag: ETag
    public let lastModified: Timestamp
    public let storageClass: String?

    init(_ element: XMLElement, isEncoded: Bool) throws(TransportError) {
        key = ObjectKey(unchecked: try element.keyBytes("Key", isEncoded: isEncoded))
        byteCount = try element.size()
        eTag = ETag(header: element["ETag"]?.text ?? "")
        lastModified = element.time("LastModified") ?? Timestamp(milliseconds: 0)
        storageClass = element.text("StorageClass")
    }
}

/// An entry of a listing with a delimiter.
public enum ListedEntry: Sendable {
    case object(ListedObject)
    /// What keys begin with, up to the delimiter and with it.
    case commonPrefix(String)

    fileprivate var order: [UInt8] {
        switch self {
        case .object(let object): object.key.bytes
        case .commonPrefix(let prefix): Array(prefix.utf8)
        }
    }
}
