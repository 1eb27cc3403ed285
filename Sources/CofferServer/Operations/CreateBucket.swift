import CofferAccess
import CofferHTTP
import CofferModel
import CofferSigning
import CofferStorage

/// Makes a bucket. One that the account has already is answered like a new one in us-east-1, and refused elsewhere.
struct CreateBucket: S3Operation {
    static let body = BodyKind.document(limit: Limits.documentByteCount)
    static let anonymousRefusal: String? = AnonymousRefusal.usual

    private let name: BucketName
    private let locksVersions: Bool
    private let access: NewBucketAccess

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        let name = try request.bucketName()
        let locking = ["s3:PutBucketObjectLockConfiguration", "s3:PutBucketVersioning"]
        let actions =
            ["s3:CreateBucket"] + (isLocking(request) ? locking : [])
            + (RequestedACL.isPrivate(request) ? [] : ["s3:PutBucketAcl"])
            + (request.headers[NewBucketAccess.ownershipHeader] == nil ? [] : ["s3:PutBucketOwnershipControls"])
        var permissions = actions.map { Permission($0, bucket: name, allowsMissingBucket: true) }
        permissions[0].isForSomeKey = true
        return permissions
    }

    init(_ request: S3Request) throws(S3Error) {
        name = try request.bucketName()
        try Self.checkNamespace(request)
        locksVersions = Self.isLocking(request)
        access = try NewBucketAccess(request)
    }

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let signed = call.access.authentication.region
        let location = try BucketLocation(
            document: try body.finish().document, signed: signed, service: call.service)
        try call.require(RequestFacts(location: location.constraint.map { _ in location.region }))
        let account = try call.account
        var configurations = try access.configurations(owner: account, call.service)
        configurations.merge(location.configurations) { $1 }
        if locksVersions { configurations["object-lock"] = ObjectLockConfiguration(defaultRetention: nil).document }
        do throws(StorageError) {
            _ = try await call.service.store.createBucket(
                name, owner: account.id, region: location.region,
                versioning: locksVersions ? .enabled : .neverEnabled, configurations: configurations)
        } catch {
            guard case .bucketExists(let bucket) = error, bucket.owner == account.id else {
                throw S3Error(storage: error)
            }
            guard Self.isTakenAsMade(bucket, at: location, signed: signed) else {
                throw S3Error(.bucketAlreadyOwnedByYou, details: [("BucketName", name.description)])
            }
            try await access.reset(bucket, call)
        }
        call.service.buckets.invalidate(name)
        return HTTPResponse(status: 200, headers: [("Location", "/\(name)")])
    }

    /// Whether a bucket that is there already is answered as if it was made now: AWS does so in its first region, where
    /// the request asks for no other. A server that is told to be in another region has no such exception.
    private static func isTakenAsMade(_ bucket: Bucket, at location: BucketLocation, signed: String?) -> Bool {
        bucket.region == Region.first && location.region == Region.first && [nil, Region.first].contains(signed)
    }

    /// Names that hold in one account and region alone are not there.
    private static func checkNamespace(_ request: S3Request) throws(S3Error) {
        let header = "x-amz-bucket-namespace"
        switch request.headers[header] {
        case nil, "global": return
        case "account-regional": throw .notImplemented(header: header)
        case let value?: throw .invalidArgument("Invalid bucket namespace.", name: header, value: value)
        }
    }

    /// Whether versions are to be kept, and can be locked.
    private static func isLocking(_ request: S3Request) -> Bool {
        request.headers["x-amz-bucket-object-lock-enabled"]?.lowercased() == "true"
    }
}
