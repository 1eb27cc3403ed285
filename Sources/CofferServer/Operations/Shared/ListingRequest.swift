import CofferHTTP
import CofferModel
import CofferStorage

/// What the three listings of objects have in common.
struct ListingRequest: Sendable {
    let prefix: String
    let delimiter: String?
    let limit: Int
    private let isEncoded: Bool

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        [Permission("s3:ListBucket", bucket: try request.bucketName())]
    }

    init(_ request: S3Request) throws(S3Error) {
        let query = request.query
        prefix = query["prefix"] ?? ""
        delimiter = query["delimiter"].flatMap { $0.isEmpty ? nil : $0 }
        isEncoded = try ListingParameters.isEncoded(request)
        limit = min(try ListingParameters.number("max-keys", request) ?? Limits.listKeyCount, Limits.listKeyCount)
    }

    func query(after: [UInt8]) -> ListQuery {
        ListQuery(prefix: Array(prefix.utf8), delimiter: Array((delimiter ?? "").utf8), after: after, limit: limit)
    }

    func page<Operation>(after: [UInt8], _ call: Authorized<Operation>) async throws(S3Error) -> ListPage {
        let query = query(after: after)
        let bucket = try call.bucket
        return try await awaitStore { () async throws(StorageError) in
            try await call.service.store.list(query, in: bucket)
        }
    }

    func text(_ name: [UInt8]) -> String { ListingParameters.text(name, isEncoded: isEncoded) }
    func text(_ name: String) -> String { text(Array(name.utf8)) }

    /// Elements that stand in every one of their documents, before the entries.
    func writeHead(to xml: inout XMLWriter, bucket: Bucket) {
        xml.element("Name", bucket.name.description)
        xml.element("Prefix", text(prefix))
        xml.optional("Delimiter", delimiter.map(text))
        xml.element("MaxKeys", String(limit))
        if isEncoded { xml.element("EncodingType", "url") }
    }

    /// - Parameter state: of the bucket, where owners are to be shown; nil shows none.
    func write(_ entries: [ListPage.Entry], ownersIn state: BucketState?, to xml: inout XMLWriter) {
        for case .item(let object) in entries {
            xml.element("Contents") { xml in
                xml.element("Key", text(object.key.bytes))
                xml.element("LastModified", object.modified.iso8601)
                xml.element("ETag", object.etag.description)
                object.attributes.checksum?.writeKind(to: &xml)
                xml.element("Size", String(object.size))
                if let state { xml.owner(state.ownerID(ofObjectOf: object.owner)) }
                xml.element("StorageClass", object.attributes.storageClass)
            }
        }
        writeCommonPrefixes(entries, to: &xml)
    }

    func writeCommonPrefixes(_ entries: [ListPage.Entry], to xml: inout XMLWriter) {
        for case .commonPrefix(let prefix) in entries {
            xml.element("CommonPrefixes") { $0.element("Prefix", text(prefix)) }
        }
    }
}

extension XMLWriter {
    /// - Parameter canonicalID: of an account.
    mutating func owner(_ canonicalID: String) {
        element("Owner") { $0.element("ID", canonicalID) }
    }
}
