import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Returns the ACL of an object or version.
struct GetObjectAcl: S3Operation {
    private let reference: ObjectReference

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        [try request.permission("s3:GetObjectAcl", forVersion: "s3:GetObjectVersionAcl")]
    }

    init(_ request: S3Request) throws(S3Error) { reference = try ObjectReference(request) }

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let object = try await reference.find(call)
        var response = HTTPResponse.xml(object.acl(in: try call.state).document)
        response.headers += object.versionFields(in: try call.bucket)
        return response
    }
}
