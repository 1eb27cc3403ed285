import CofferAccess
import CofferHTTP
import CofferIAM
import CofferModel
import CofferService
import CofferSigning
import CofferStorage

/// Creates a bucket. A bucket that the account already owns gets the same response as a new one in us-east-1, and is
/// refused elsewhere.
struct CreateBucket: S3Operation {
    static let body = BodyKind.document(limit: Limits.documentByteCount)
    static let anonymousRefusal: String? = AnonymousRefusal.byDefault

    private let name: BucketName
    private let locksVersions: Bool
    private let access: NewBucketAccess
    private let namespace: BucketNamespace

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
        locksVersions = Self.isLocking(request)
        access = try NewBucketAccess(request)
        namespace = try BucketNamespace(request)
    }

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let settings = try NewBucketSettings(document: try body.finish().document)
        let signed = call.access.authentication.region
        let location = try BucketLocation(settings.constraint, signed: signed, service: call.service)
        let tags = settings.tags
        try await requireRights(tags: tags, region: location.constraint.map { _ in location.region }, call)
        let account = try call.account
        try namespace.check(name, account: account, region: location.region)
        var configurations = try await access.configurations(owner: account, call.service)
        configurations.merge(location.configurations) { $1 }
        if !tags.isEmpty { configurations[TaggedResource.kind] = TagSet.document(tags) }
        if locksVersions { configurations["object-lock"] = ObjectLockConfiguration(defaultRetention: nil).document }
        do throws(StorageError) {
            _ = try await call.service.store.createBucket(
                name, owner: account.id, region: location.region,
                versioning: locksVersions ? .enabled : .neverEnabled, configurations: configurations)
        } catch {
            guard case .bucketExists(let bucket) = error else { throw S3Error(storage: error) }
            let details = [("BucketName", name.description)]
            guard bucket.owner == account.id else { throw S3Error(.bucketAlreadyExists, details: details) }
            // A bucket that is created again keeps its tags, so a request with other tags is refused rather than
            // silently losing them.
            let kept = tags.isEmpty ? [] : try await Self.tags(of: bucket, call)
            guard kept == tags, Self.isTakenAsMade(bucket, at: location, signed: signed) else {
                throw S3Error(.bucketAlreadyOwnedByYou, details: details)
            }
            try await access.reset(bucket, call)
        }
        call.service.buckets.invalidate(name)
        return HTTPResponse(status: 200, headers: [("Location", "/\(name)"), (BucketName.arnHeader, name.arn)])
    }

    private func requireRights(
        tags: [Tag], region: String?, _ call: Authorized<Self>
    ) async throws(S3Error) {
        let facts = RequestFacts(tags: tags, location: region)
        try await call.require(facts)
        guard !tags.isEmpty else { return }
        var tagging = Permission("s3:TagResource", bucket: name, allowsMissingBucket: true)
        tagging.facts = facts
        try await call.access.require(tagging, in: nil, service: call.service)
    }

    private static func tags(of bucket: Bucket, _ call: Authorized<Self>) async throws(S3Error) -> [Tag] {
        let documents = try await mappingAsyncStorageErrors { () async throws(StorageError) in
            try await call.service.store.configurations(of: bucket)
        }
        return try TaggedResource.tags(of: documents[TaggedResource.kind])
    }

    /// Returns whether creating an existing bucket succeeds. AWS allows this in its first region, if the request does
    /// not name another one. A server that is configured for another region has no such exception.
    private static func isTakenAsMade(_ bucket: Bucket, at location: BucketLocation, signed: String?) -> Bool {
        bucket.region == Region.first && location.region == Region.first && [nil, Region.first].contains(signed)
    }

    /// Returns whether the request enables versioning and object lock.
    private static func isLocking(_ request: S3Request) -> Bool {
        request.headers["x-amz-bucket-object-lock-enabled"]?.lowercased() == "true"
    }
}
