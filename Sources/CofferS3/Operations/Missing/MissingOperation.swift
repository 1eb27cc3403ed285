import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Any operation that the server does not implement, by its row in ``MissingOperations``: the bucket must exist, the
/// caller must have the permission, and then the response is AWS's where nothing was ever configured.
struct MissingOperation: S3Operation {
    private let row: MissingOperations.Row
    /// nil for an operation on a bucket.
    private let object: ObjectReference?

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        [try request.permission(try MissingOperations.row(for: request).action)]
    }

    /// - Throws: `NotImplemented` with the operation's name, before a body arrives, for an operation that would
    ///   configure something.
    init(_ request: S3Request) throws(S3Error) {
        row = try MissingOperations.row(for: request)
        if case .notImplemented = row.answer {
            throw S3Error(.notImplemented, "\(row.name) is not implemented", details: [("Operation", row.name)])
        }
        try request.refuse(headers: ["x-amz-object-if-"])
        object = row.level == .object ? try ObjectReference(request) : nil
    }

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        _ = try body.finish()
        _ = try await object?.find(call)
        switch row.answer {
        case .document(let root, let element):
            return .xml(XMLWriter.document(root) { xml in if let element { xml.element(element.name, element.text) } })
        case .noContent: return .noContent
        case .bucketError(let code): throw S3Error(code, details: [("BucketName", try call.bucket.name.description)])
        case .error(.methodNotAllowed):
            throw S3Error(
                .methodNotAllowed, details: [("Method", call.request.method), ("ResourceType", "OBJECT")])
        case .error(let code): throw S3Error(code)
        case .notImplemented: throw .internalError("\(row.name) was not refused")
        }
    }
}
