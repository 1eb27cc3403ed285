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
        let days = try Self.days(try body.finish().document)
        let object = try reference.find(call)
        guard ArchivedObject.isArchived(object) else {
            throw S3Error(
                .invalidObjectState, "Restore is not allowed for the object's current storage class",
                details: [("StorageClass", object.attributes.storageClass)])
        }
        let wasRestored = ArchivedObject.restoredUntil(object).map { $0 > .now() } ?? false
        let fields = try await reference.update(call) { object in
            let field = ArchivedObject.restored(until: Self.midnight(afterDays: days))
            var attributes = object.attributes
            attributes.fields = attributes.fields.filter { $0.name != field.name } + [field]
            return attributes
        }
        return HTTPResponse(status: wasRestored ? 200 : 202, headers: fields)
    }

    private static func days(_ document: [UInt8]) throws(S3Error) -> Int {
        let root = try XMLElement.parse(document, root: "RestoreRequest")
        for name in ["SelectParameters", "OutputLocation", "Type"] where root[name] != nil {
            throw S3Error(.notImplemented, "\(name) of a RestoreRequest is not implemented")
        }
        guard let text = root["Days"]?.text, let days = Int(text) else { throw S3Error(.malformedXML) }
        guard (1...Limits.restoreDayCount).contains(days) else {
            throw .invalidArgument("Days must be at least 1", name: "Days", value: text)
        }
        return days
    }

    /// AWS rounds up to the next midnight.
    private static func midnight(afterDays days: Int) -> Timestamp {
        let day: Int64 = 86_400
        return Timestamp(seconds: (Timestamp.now().seconds / day + 1 + Int64(days)) * day)
    }
}
