import CofferAccess
import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Returns whether a bucket's policy is public.
struct GetBucketPolicyStatus: S3Operation {
    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        [Permission("s3:GetBucketPolicyStatus", bucket: try request.bucketName())]
    }

    init(_ request: S3Request) {}

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
