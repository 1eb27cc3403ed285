import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Returns the tags of an object or version.
struct GetObjectTagging: S3Operation {
    private let reference: ObjectReference

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        [try request.permission("s3:GetObjectTagging", forVersion: "s3:GetObjectVersionTagging")]
    }

    init(_ request: S3Request) throws(S3Error) { reference = try ObjectReference(request) }

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let object = try await reference.find(call, currentMarker: .isNotAllowed)
        var response = HTTPResponse.xml(TagSet.document(object.attributes.tags))
        response.headers += object.versionFields(in: try call.bucket)
        return response
    }
}
