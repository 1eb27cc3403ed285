import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Makes an archived object readable for some days. Its bytes are on the disk like any other object's, so the
/// restoration is immediate.
struct RestoreObject: S3Operation {
    static let body = BodyKind.document(limit: Limits.documentByteCount)

    private let reference: ObjectReference

    init(_ request: S3Request) throws(S3Error) { reference = try ObjectReference(request) }

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let wish = try RestoreRequest(document: try body.finish().requireDocument())
        let object = try await reference.find(call)
        let wasRestored = ArchivedObject.restoredUntil(object).map { $0 > call.request.time } ?? false
        let fields = try await reference.update(call, currentMarker: .isMissing) { object throws(S3Error) in
            let days = try wish.days(for: object)
            let field = ArchivedObject.restored(until: Self.midnight(afterDays: days, from: call.request.time))
            var attributes = object.attributes
            attributes.fields = attributes.fields.filter { $0.name != field.name } + [field]
            return attributes
        }
        return HTTPResponse(status: wasRestored ? 200 : 202, headers: fields)
    }

    /// Returns the end of a restoration, which AWS rounds up to the next midnight.
    private static func midnight(afterDays days: Int, from time: Timestamp) -> Timestamp {
        let day: Int64 = 86_400
        return Timestamp(seconds: (time.seconds / day + 1 + Int64(days)) * day)
    }
}
