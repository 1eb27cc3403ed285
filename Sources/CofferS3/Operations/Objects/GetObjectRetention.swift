import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Returns the retention of a version.
struct GetObjectRetention: S3Operation {
    private let reference: ObjectReference

    init(_ request: S3Request) throws(S3Error) { reference = try ObjectReference(request) }

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        try LockHeaders.requireLock(call)
        let object = try await reference.find(call, currentMarker: .isNotAllowed)
        guard let retention = ObjectLock(object.attributes.field).retention else {
            throw S3Error(.noSuchObjectLockConfiguration)
        }
        return .xml(
            XMLWriter.document("Retention") { xml in
                xml.element("Mode", retention.mode.rawValue)
                xml.element("RetainUntilDate", retention.until.iso8601)
            })
    }
}
