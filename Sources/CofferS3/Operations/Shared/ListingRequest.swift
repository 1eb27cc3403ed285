import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// The parameters that the three listings of objects share.
struct ListingRequest: Sendable {
    let prefix: String
    let delimiter: String?
    let limit: Int
    private let isEncoded: Bool
    private let showsRestorations: Bool
    private let now: Timestamp

    init(_ request: S3Request) throws(S3Error) {
        let query = request.query
        prefix = query["prefix"] ?? ""
        delimiter = query["delimiter"].flatMap { $0.isEmpty ? nil : $0 }
        isEncoded = try ListingParameters.isEncoded(request)
        now = request.time
        showsRestorations = try Self.asksForRestorations(request)
        limit = min(try ListingParameters.number("max-keys", request) ?? Limits.listKeyCount, Limits.listKeyCount)
    }

    func query(after: [UInt8]) -> ListQuery {
        ListQuery(prefix: Array(prefix.utf8), delimiter: Array((delimiter ?? "").utf8), after: after, limit: limit)
    }

    func page<Operation>(after: [UInt8], _ call: Authorized<Operation>) async throws(S3Error) -> ListPage {
        let query = query(after: after)
        let bucket = try call.bucket
        return try await mappingAsyncStorageErrors { () async throws(StorageError) in
            try await call.service.store.list(query, in: bucket)
        }
    }

    func text(_ name: [UInt8]) -> String { ListingParameters.text(name, isEncoded: isEncoded) }
    func text(_ name: String) -> String { text(Array(name.utf8)) }

    /// Writes the elements before the entries, in the order of AWS's documents, which strict parsers rely on.
    ///
    /// - Parameter position: writes where the page begins and ends.
    func writeHead(
        to xml: inout XMLWriter, bucket: Bucket, isTruncated: Bool, position: (inout XMLWriter) -> Void
    ) {
        xml.element("Name", bucket.name.description)
        xml.element("Prefix", text(prefix))
        position(&xml)
        xml.element("MaxKeys", String(limit))
        xml.optional("Delimiter", delimiter.map(text))
        if isEncoded { xml.element("EncodingType", "url") }
        xml.element("IsTruncated", String(isTruncated))
    }

    /// - Parameter state: the state of the bucket, if owners are to be shown; nil shows none.
    func write(_ entries: [ListPage.Entry], ownersIn state: BucketState?, to xml: inout XMLWriter) {
        for case .item(let object) in entries {
            xml.element("Contents") { xml in
                xml.element("Key", text(object.key.bytes))
                xml.element("LastModified", object.modified)
                xml.element("ETag", object.etag.description)
                object.attributes.checksum?.writeKind(to: &xml)
                xml.element("Size", String(object.size))
                if let state { xml.owner(state.ownerID(ofObjectOf: object.owner)) }
                xml.element("StorageClass", object.attributes.storageClass)
                writeRestoration(of: object, to: &xml)
            }
        }
        writeCommonPrefixes(entries, to: &xml)
    }

    /// Writes until when an archived object can be read, if this was requested and the object is restored.
    func writeRestoration(of object: ObjectSummary, to xml: inout XMLWriter) {
        guard showsRestorations, let until = ArchivedObject.restoredUntil(object.attributes), until > now else {
            return
        }
        xml.element("RestoreStatus") { xml in
            xml.element("IsRestoreInProgress", "false")
            xml.element("RestoreExpiryDate", until)
        }
    }

    /// - Throws: `InvalidArgument` for an attribute that listings do not support.
    private static func asksForRestorations(_ request: S3Request) throws(S3Error) -> Bool {
        let header = "x-amz-optional-object-attributes"
        let names = request.headers.all(header).flatMap { $0.split(whereSeparator: { $0 == "," || $0 == " " }) }
        for name in names where name != "RestoreStatus" {
            throw .invalidArgument("Invalid attribute name specified.", name: header, value: String(name))
        }
        return !names.isEmpty
    }

    func writeCommonPrefixes(_ entries: [ListPage.Entry], to xml: inout XMLWriter) {
        for case .commonPrefix(let prefix) in entries {
            xml.element("CommonPrefixes") { $0.element("Prefix", text(prefix)) }
        }
    }
}

extension XMLWriter {
    /// - Parameter canonicalID: the canonical id of an account.
    mutating func owner(_ canonicalID: String) {
        element("Owner") { $0.element("ID", canonicalID) }
    }
}
