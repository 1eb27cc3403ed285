import CofferAccess
import CofferHTTP
import CofferModel

/// Canned ACLs, as far as they say no more than what holds without ACLs.
///
/// The server has no ACLs yet. `private` is what holds anyway; `public-read` of an object is, where the bucket's policy
/// lets anyone read it. Every other one would be without its effect, and is refused.
enum CannedACL {
    private static let withoutEffect = ["private", "bucket-owner-full-control", "bucket-owner-read"]
    private static let others = [
        "public-read", "public-read-write", "authenticated-read", "aws-exec-read", "log-delivery-write",
    ]

    /// - Parameter allowsPublicRead: whether ``check(_:in:_:)`` follows, which asks the bucket's policy.
    /// - Throws: `NotImplemented` for an ACL that would give rights to others, `InvalidArgument` for none that is known.
    static func check(_ request: S3Request, allowsPublicRead: Bool = false) throws(S3Error) {
        guard let acl = request.headers["x-amz-acl"], !withoutEffect.contains(acl) else { return }
        guard others.contains(acl) else { throw .invalidArgument("", name: "x-amz-acl", value: acl) }
        guard allowsPublicRead, acl == "public-read" else { throw .notImplemented(header: "x-amz-acl") }
    }

    /// - Throws: `NotImplemented` for `public-read` of a key that not anyone may read.
    static func check<Operation>(_ key: ObjectKey, in bucket: BucketName, _ call: Authorized<Operation>) throws(S3Error)
    {
        guard call.request.headers["x-amz-acl"] == "public-read" else { return }
        let permission = Permission("s3:GetObject", bucket: bucket, key: key)
        let policy = try call.service.buckets.state(of: bucket)?.policy
        guard alwaysAllowsAnonymous(permission.action, on: permission.resource, bucketPolicy: policy) else {
            throw .notImplemented(header: "x-amz-acl")
        }
    }
}
