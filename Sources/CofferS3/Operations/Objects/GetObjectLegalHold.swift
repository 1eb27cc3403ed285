import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Returns whether a version is on legal hold.
struct GetObjectLegalHold: S3Operation {
    private let reference: ObjectReference

    init(_ request: S3Request) throws(S3Error) { reference = try ObjectReference(request) }

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        try LockHeaders.requireLock(call)
        let object = try await reference.find(call, currentMarker: .isNotAllowed)
        guard let status = object.attributes.field(ObjectLock.legalHoldField) else {
            throw S3Error(.noSuchObjectLockConfiguration)
        }
        return .xml(XMLWriter.document("LegalHold") { $0.element("Status", status) })
    }
}
