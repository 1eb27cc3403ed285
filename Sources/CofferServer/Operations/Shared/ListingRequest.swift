import CofferHTTP
import CofferModel
import CofferStorage

/// What the two listings of objects have in common.
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
        switch query["encoding-type"] {
        case nil, "": isEncoded = false
        case "url": isEncoded = true
        case let value?:
            throw .invalidArgument("Invalid Encoding Method specified in Request", name: "encoding-type", value: value)
        }
        guard let text = query["max-keys"], !text.isEmpty else {
            limit = Limits.listKeyCount
            return
        }
        if let number = Int(text), number < 0 {
            throw .invalidArgument(
                "Argument maxKeys must be an integer between 0 and 2147483647", name: "maxKeys", value: text)
        }
        guard let number = Int32(text) else {
            throw .invalidArgument(
                "Provided max-keys not an integer or within integer range", name: "max-keys", value: text)
        }
        limit = min(Int(number), Limits.listKeyCount)
    }

    func page<Operation>(after: [UInt8], _ call: Authorized<Operation>) async throws(S3Error) -> ListPage {
        let query = ListQuery(
            prefix: Array(prefix.utf8), delimiter: Array((delimiter ?? "").utf8), after: after, limit: limit)
        let bucket = try call.bucket
        return try await awaitStore { () async throws(StorageError) in
            try await call.service.store.list(query, in: bucket)
        }
    }

    /// A name as the client wants it: as it is, or percent-encoded.
    func text(_ name: [UInt8]) -> String {
        isEncoded ? PercentEncoding.encode(name, keepingSlash: true) : String(decoding: name, as: UTF8.self)
    }

    func text(_ name: String) -> String { text(Array(name.utf8)) }

    /// Elements that stand in both documents, before the entries.
    func writeHead(to xml: inout XMLWriter, bucket: Bucket) {
        xml.element("Name", bucket.name.description)
        xml.element("Prefix", text(prefix))
        xml.optional("Delimiter", delimiter.map(text))
        xml.element("MaxKeys", String(limit))
        if isEncoded { xml.element("EncodingType", "url") }
    }

    /// - Parameter owner: the canonical id to show as the owner; nil shows none.
    func write(_ entries: [ListPage.Entry], owner: String?, to xml: inout XMLWriter) {
        for case .object(let object) in entries {
            xml.element("Contents") { xml in
                xml.element("Key", text(object.key.bytes))
                xml.element("LastModified", object.modified.iso8601)
                xml.element("ETag", object.etag.description)
                let checksum = ChecksumAlgorithm.allCases.first { object.attributes.field($0.header) != nil }
                xml.optional("ChecksumAlgorithm", checksum?.rawValue)
                xml.optional("ChecksumType", object.attributes.field("x-amz-checksum-type"))
                xml.element("Size", String(object.size))
                if let owner { xml.element("Owner") { $0.element("ID", owner) } }
                xml.element("StorageClass", object.attributes.field("x-amz-storage-class") ?? "STANDARD")
            }
        }
        for case .commonPrefix(let prefix) in entries {
            xml.element("CommonPrefixes") { $0.element("Prefix", text(prefix)) }
        }
    }
}
