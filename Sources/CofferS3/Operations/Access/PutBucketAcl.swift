import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Sets a bucket's ACL, by headers or by a document.
struct PutBucketAcl: S3Operation {
    static let body = BodyKind.document(limit: Limits.documentByteCount)
    static let anonymousRefusal: String? = AnonymousRefusal.byDefault

    private let headers: RequestedACL?

    init(_ request: S3Request) throws(S3Error) { headers = try RequestedACL(request) }

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let state = try call.state
        let requested = try RequestedACL(
            headers, document: try body.finish().document, owner: state.ownerID, among: call.request.accounts)
        guard !state.disablesACLs else { throw S3Error(.accessControlListNotSupported) }
        try state.check(requested)
        let acl = requested.acl(ofBucketOf: state.ownerID)
        try await call.setConfiguration("acl", to: acl == .initial(owner: state.ownerID) ? nil : acl.document)
        return HTTPResponse(status: 200)
    }
}
