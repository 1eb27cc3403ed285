import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Sets the ACL of an object or version, by headers or by a document.
struct PutObjectAcl: S3Operation {
    static let body = BodyKind.document(limit: Limits.documentByteCount)
    static let anonymousRefusal: String? = AnonymousRefusal.byDefault

    private let reference: ObjectReference
    private let headers: RequestedACL?

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        [try request.permission("s3:PutObjectAcl", forVersion: "s3:PutObjectVersionAcl")]
    }

    init(_ request: S3Request) throws(S3Error) {
        reference = try ObjectReference(request)
        headers = try RequestedACL(request)
    }

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let (state, document) = (try call.state, try body.finish().document)
        let fields = try await reference.update(call) { object throws(S3Error) in
            let requested = try RequestedACL(
                headers, document: document, owner: object.acl(in: state).owner, among: call.request.accounts)
            try state.check(requested)
            var attributes = object.attributes
            guard !state.disablesACLs else { return attributes }
            attributes.grants = state.grants(requested, owner: object.owner)
            return attributes
        }
        return HTTPResponse(status: 200, headers: fields)
    }
}
