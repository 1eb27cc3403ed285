import CofferAccess
import CofferHTTP
import CofferIAM
import CofferModel
import CofferService
import CofferStorage

/// The settings that a request specifies for a new object: header fields, tags, ACL, lock and encryption. An
/// ``ObjectWriter`` applies them.
struct NewObjectSettings: Sendable {
    let key: ObjectKey
    let fields: [(name: String, value: String)]
    let tags: [Tag]
    let acl: RequestedACL?
    /// nil if the request leaves the lock to the bucket's default.
    let lock: ObjectLock?
    /// nil if the request leaves the encryption to the bucket's default.
    let encryption: EncryptionSettings?
    let usesBucketKey: Bool?

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        var permissions = [try request.permission("s3:PutObject")]
        for (action, header) in [
            ("s3:PutObjectTagging", "x-amz-tagging"), ("s3:PutObjectRetention", ObjectLock.modeField),
            ("s3:PutObjectLegalHold", ObjectLock.legalHoldField),
        ] where request.headers[header] != nil {
            permissions.append(try request.permission(action))
        }
        guard !RequestedACL.isPrivate(request) else { return permissions }
        var aclPermission = try request.permission("s3:PutObjectAcl")
        aclPermission.isForNewObject = true
        return permissions + [aclPermission]
    }

    init(_ request: S3Request) throws(S3Error) {
        key = try request.key()
        try key.checkNew()
        try request.refuse(headers: ["x-amz-object-if-"])
        acl = try RequestedACL(request)
        fields = try ObjectHeaders.fields(of: request)
        tags = try request.tags()
        lock = try LockHeaders.lock(request)
        encryption = try EncryptionSettings.requested(request)
        usesBucketKey = try EncryptionSettings.usesBucketKey(request)
    }

    /// Refuses a body that is to be locked and has no digest from the client.
    func checkDigest(_ request: S3Request) throws(S3Error) {
        if lock != nil { try Self.requireDigest(request) }
    }

    static func requireDigest(_ request: S3Request) throws(S3Error) {
        guard request.headers["content-md5"] == nil, try ChecksumSink.algorithm(of: request) == nil else { return }
        throw S3Error(
            .invalidRequest,
            "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters"
        )
    }
}
