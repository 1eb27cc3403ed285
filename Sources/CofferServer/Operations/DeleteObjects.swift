import CofferHTTP
import CofferModel
import CofferStorage

/// Deletes up to 1,000 objects, each with an outcome of its own.
struct DeleteObjects: S3Operation {
    static let body = BodyKind.document(limit: Limits.deleteDocumentByteCount, needsDigest: true)

    /// What may be deleted is asked key by key, when the keys are known.
    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        var permission = Permission("s3:DeleteObject", bucket: try request.bucketName())
        permission.isForSomeKey = true
        return [permission]
    }

    init(_ request: S3Request) throws(S3Error) {
        try request.refuse(headers: ["x-amz-bypass-governance-retention"])
    }

    func perform(_ call: Authorized<Self>) async throws(S3Error) -> HTTPResponse {
        let bucket = try call.bucket
        let root = try XMLElement.parse(try call.body.finish().document, root: "Delete")
        let items = root.all("Object")
        guard (1...Limits.deleteKeyCount).contains(items.count) else { throw S3Error(.malformedXML) }
        var outcomes: [(item: Item, error: S3Error?)] = []
        for element in items {
            let item = try Item(element)
            outcomes.append((item, try refusal(of: item, call)))
        }
        let keys = outcomes.filter { $0.error == nil }.compactMap(\.item.key)
        try await awaitStore { () async throws(StorageError) in
            try await call.service.store.delete(keys, in: bucket)
        }
        return .xml(Self.result(outcomes, isQuiet: root["Quiet"]?.text == "true"))
    }

    private struct Item: Sendable {
        let name: String
        let key: ObjectKey?
        let version: String?
        /// A condition that the server does not have.
        let condition: String?

        init(_ element: XMLElement) throws(S3Error) {
            guard let name = element["Key"]?.text, !name.isEmpty else { throw S3Error(.malformedXML) }
            self.name = name
            key = try? ObjectKey(Array(name.utf8))  // A key that is too long has its own outcome.
            version = element["VersionId"]?.text
            condition = ["ETag", "LastModifiedTime", "Size"].first { element[$0] != nil }
        }
    }

    /// Why an item is not deleted; nil if it is.
    private func refusal(of item: Item, _ call: Authorized<Self>) throws(S3Error) -> S3Error? {
        guard let key = item.key else { return S3Error(.keyTooLongError) }
        let permission = Permission("s3:DeleteObject", bucket: try call.bucket.name, key: key)
        guard try call.access.isAllowed(permission, service: call.service) else { return S3Error(.accessDenied) }
        guard item.version == nil || item.version == "null" else { return S3Error(.noSuchVersion) }
        return item.condition.map { S3Error(.notImplemented, "\($0) of DeleteObjects is not implemented") }
    }

    private static func result(_ outcomes: [(item: Item, error: S3Error?)], isQuiet: Bool) -> [UInt8] {
        XMLWriter.document("DeleteResult") { xml in
            for (item, error) in outcomes {
                guard let error else {
                    if !isQuiet { xml.element("Deleted") { write(item, to: &$0) } }
                    continue
                }
                xml.element("Error") { xml in
                    write(item, to: &xml)
                    xml.element("Code", error.code.name)
                    xml.element("Message", error.message)
                }
            }
        }
    }

    private static func write(_ item: Item, to xml: inout XMLWriter) {
        xml.element("Key", item.name)
        xml.optional("VersionId", item.version)
    }
}
