import CofferAccess
import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Returns whether a bucket's policy is public.
struct GetBucketPolicyStatus: ParameterlessOperation {
    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        guard let policy = try call.state.policy else {
            throw S3Error(.noSuchBucketPolicy, details: [("BucketName", try call.bucket.name.description)])
        }
        return .xml(
            XMLWriter.document("PolicyStatus") { xml in
                xml.element("IsPublic", policy.isPublic ? "true" : "false")
            })
    }
}
