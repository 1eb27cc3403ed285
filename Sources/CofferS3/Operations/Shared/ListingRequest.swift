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

    func query(after: [UInt8], readsOwners: Bool = true) -> ListQuery {
        ListQuery(
            prefix: Array(prefix.utf8), delimiter: Array((delimiter ?? "").utf8), after: after, limit: limit,
            readsOwners: readsOwners)
    }

    func page<Operation>(
        after: [UInt8], readsOwners: Bool, _ call: Authorized<Operation>
    ) async throws(S3Error) -> ListPage {
        let query = query(after: after, readsOwners: readsOwners)
        let bucket = try call.bucket
        return try await mappingAsyncStorageErrors { () async throws(StorageError) in
            try await call.service.store.list(query, in: bucket)
        }
    }

    func text(_ name: [UInt8]) -> String { ListingParameters.text(name, isEncoded: isEncoded) }
    func text(_ name: String) -> String { text(Array(name.utf8)) }

    /// Writes a name as the client wants it.
    func write(_ element: StaticString, _ name: Span<UInt8>, to xml: inout XMLFields) {
        guard isEncoded else { return xml.element(element, name) }
        xml.element(element, text(Array(copying: name)))
    }

    /// The room for everything that is shown of an object: its texts, and less than 1,024 bytes around them.
    static func room(for object: ObjectSummary) -> Int { 6 * object.textCount + 1024 }

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
        var dates = DatesOfADay()
        for case .item(let object) in entries {
            xml.row("Contents", room: Self.room(for: object)) { xml in
                object.withTexts { key, etag, fields in
                    let listed = ListedFields(in: fields)
                    write("Key", key, to: &xml)
                    xml.element("LastModified", object.modified, &dates)
                    xml.element("ETag", quoted: etag)
                    listed.writeChecksum(to: &xml)
                    xml.element("Size", object.size)
                    if let state {
                        xml.element("Owner") { $0.element("ID", state.ownerID(ofObjectOf: object.ownerID)) }
                    }
                    listed.writeStorageClass(from: fields, to: &xml)
                    writeRestoration(listed.restoration(from: fields), to: &xml)
                }
            }
        }
        writeCommonPrefixes(entries, to: &xml)
    }

    /// Writes until when an archived object can be read, if this was requested and the object is restored.
    ///
    /// - Parameter field: the state of the object's restoration, as its header has it.
    func writeRestoration(_ field: @autoclosure () -> String?, to xml: inout XMLFields) {
        guard showsRestorations, let field = field(), let until = ArchivedObject.restoredUntil(field), until > now
        else { return }
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
        guard delimiter != nil else { return }
        for case .commonPrefix(let prefix) in entries {
            xml.row("CommonPrefixes", room: 6 * prefix.count + 32) { write("Prefix", prefix.span, to: &$0) }
        }
    }
}

extension Page<ObjectSummary> {
    /// About how many bytes the page takes up in XML, if its keys are not longer than usual.
    var byteCount: Int { 8192 + 450 * entries.count }
}

extension XMLWriter {
    /// - Parameter canonicalID: the canonical id of an account.
    mutating func owner(_ canonicalID: String) {
        element("Owner") { $0.element("ID", canonicalID) }
    }
}
