import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Returns a bucket's ACL. Where ACLs are disabled, it grants access only to the owner.
struct GetBucketAcl: ParameterlessOperation {
    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let state = try call.state
        return .xml((state.disablesACLs ? .initial(owner: state.ownerID) : state.acl).document)
    }
}
