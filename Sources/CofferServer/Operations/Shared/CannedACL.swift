import CofferHTTP
import CofferModel

/// Canned ACLs, as far as they say no more than what holds without ACLs: that the account alone has rights.
enum CannedACL {
    private static let withoutEffect = ["private", "bucket-owner-full-control", "bucket-owner-read"]
    private static let others = [
        "public-read", "public-read-write", "authenticated-read", "aws-exec-read", "log-delivery-write",
    ]

    /// - Throws: `NotImplemented` for an ACL that would give rights to others, `InvalidArgument` for none that is known.
    static func check(_ request: S3Request) throws(S3Error) {
        guard let acl = request.headers["x-amz-acl"], !withoutEffect.contains(acl) else { return }
        guard others.contains(acl) else {
            throw .invalidArgument("", name: "x-amz-acl", value: acl)
        }
        throw .notImplemented(header: "x-amz-acl")
    }
}
