import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Removes all tags of an object or version.
struct DeleteObjectTagging: S3Operation {
    private let reference: ObjectReference

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        [try request.permission("s3:DeleteObjectTagging", forVersion: "s3:DeleteObjectVersionTagging")]
    }

    init(_ request: S3Request) throws(S3Error) { reference = try ObjectReference(request) }

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let fields = try await reference.update(call) { object in
            var attributes = object.attributes
            attributes.tags = []
            return attributes
        }
        return HTTPResponse(status: 204, headers: fields)
    }
}
