import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Sets a bucket's object ownership. ACLs can be disabled only if the bucket's own ACL grants nothing to others.
struct PutBucketOwnershipControls: ParameterlessOperation {
    static let body = BodyKind.document(limit: Limits.documentByteCount)
    static let anonymousRefusal: String? = AnonymousRefusal.action("PutBucketOwnershipControls")

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let ownership = try ObjectOwnership(document: try body.finish().requireDocument())
        let state = try call.state
        guard ownership != .bucketOwnerEnforced || state.acl == .initial(owner: state.ownerID) else {
            throw S3Error(.invalidBucketACLWithObjectOwnership)
        }
        try await call.setConfiguration("ownershipControls", to: ownership.document)
        return HTTPResponse(status: 200)
    }
}
