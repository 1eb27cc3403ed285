import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Places a legal hold on a version, or removes it.
struct PutObjectLegalHold: S3Operation {
    static let body = BodyKind.document(limit: Limits.documentByteCount, needsDigest: true)

    private let reference: ObjectReference

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        var permission = try request.permission(action)
        permission.isForSomeKey = true
        // An invalid id is reported where the operation reads it.
        permission.version = try? request.versionID()
        return [permission]
    }

    init(_ request: S3Request) throws(S3Error) { reference = try ObjectReference(request) }

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let root = try XMLElement.parse(try body.finish().document, root: "LegalHold")
        try root.rejectUnknownChildren(["Status"])
        guard let status = root["Status"]?.text, ["ON", "OFF"].contains(status) else { throw S3Error(.malformedXML) }
        try await call.require(RequestFacts(lock: ObjectLock(legalHold: status == "ON")))
        try LockHeaders.requireLock(call)
        let fields = try await reference.update(call) { object in
            var lock = ObjectLock(object.attributes.field)
            lock.legalHold = status == "ON"
            return object.attributes.locked(lock)
        }
        return HTTPResponse(status: 200, headers: fields)
    }
}
