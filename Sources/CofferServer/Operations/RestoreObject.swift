import CofferHTTP
import CofferModel
import CofferStorage

/// Makes an archived object readable for some days. It is on the disk as any other: the restoration is done at once.
struct RestoreObject: S3Operation {
    static let body = BodyKind.document(limit: Limits.documentByteCount)

    private let reference: ObjectReference

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        [Permission("s3:RestoreObject", bucket: try request.bucketName(), key: try request.key())]
    }

    init(_ request: S3Request) throws(S3Error) { reference = try ObjectReference(request) }

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let order = try RestoreOrder(document: try body.finish().document)
        let object = try reference.find(call)
        guard object.attributes.storageClass != "INTELLIGENT_TIERING" else {
            throw S3Error(.objectAlreadyInActiveTier)
        }
        guard ArchivedObject.isArchived(object) else {
            throw S3Error(
                .invalidObjectState, "Restore is not allowed for the object's current storage class",
                details: [("StorageClass", object.attributes.storageClass)])
        }
        let days = try order.days(for: object)
        let wasRestored = ArchivedObject.restoredUntil(object).map { $0 > .now() } ?? false
        let fields = try await reference.update(call) { object in
            let field = ArchivedObject.restored(until: Self.midnight(afterDays: days))
            var attributes = object.attributes
            attributes.fields = attributes.fields.filter { $0.name != field.name } + [field]
            return attributes
        }
        return HTTPResponse(status: wasRestored ? 200 : 202, headers: fields)
    }

    /// AWS rounds up to the next midnight.
    private static func midnight(afterDays days: Int) -> Timestamp {
        let day: Int64 = 86_400
        return Timestamp(seconds: (Timestamp.now().seconds / day + 1 + Int64(days)) * day)
    }
}

/// What a RestoreRequest asks for.
///
/// Source: S3 API Reference, RestoreObject; S3 User Guide, "Archive retrieval options".
private struct RestoreOrder {
    private let days: Int?
    private let tier: String

    /// - Throws: `MalformedXML` for a tier that there is not, `InvalidArgument` for days that are none, `NotImplemented`.
    init(document: [UInt8]) throws(S3Error) {
        let root = try XMLElement.parse(document, root: "RestoreRequest")
        for name in ["SelectParameters", "OutputLocation", "Type"] where root[name] != nil {
            throw S3Error(.notImplemented, "\(name) of a RestoreRequest is not implemented")
        }
        tier = (root["GlacierJobParameters"]?["Tier"] ?? root["Tier"])?.text ?? "Standard"
        guard ["Standard", "Bulk", "Expedited"].contains(tier) else { throw S3Error(.malformedXML) }
        guard let text = root["Days"]?.text else {
            days = nil
            return
        }
        guard let days = Int(text) else { throw S3Error(.malformedXML) }
        guard (1...Limits.restoreDayCount).contains(days) else {
            throw .invalidArgument("Days must be at least 1", name: "Days", value: text)
        }
        self.days = days
    }

    /// - Throws: `MalformedXML` where they are missing, `InvalidArgument` for a tier that the object's class has not.
    func days(for object: ObjectRecord) throws(S3Error) -> Int {
        guard let days else { throw S3Error(.malformedXML) }
        guard tier != "Expedited" || object.attributes.storageClass != "DEEP_ARCHIVE" else {
            throw .invalidArgument(
                "Retrieval option is not supported by this storage class", name: "Tier", value: tier)
        }
        return days
    }
}
