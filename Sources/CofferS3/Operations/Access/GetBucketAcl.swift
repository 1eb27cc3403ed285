import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Returns a bucket's ACL. Where ACLs are disabled, it grants access only to the owner.
struct GetBucketAcl: S3Operation {
    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        [Permission("s3:GetBucketAcl", bucket: try request.bucketName())]
    }

    init(_ request: S3Request) {}

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let state = try call.state
        return .xml((state.disablesACLs ? .initial(owner: state.ownerID) : state.acl).document)
    }
}
