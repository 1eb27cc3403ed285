import CofferAccess
import CofferHTTP
import CofferModel
import CofferStorage

/// Makes a bucket. One that the account has already is answered like a new one, as in us-east-1.
struct CreateBucket: S3Operation {
    static let body = BodyKind.document(limit: Limits.documentByteCount)

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
        let settings = try Self.settings(try body.finish().document)
        let region = try settings.flatMap { settings throws(S3Error) in try Self.location(settings) }
        let tags = try settings?["Tags"].map { tags throws(S3Error) in try TaggedResource.requested(tags) } ?? []
        try requireRights(tags: tags, region: region, call)
        let account = try call.account
        try namespace.check(name, account: account, region: region ?? call.service.region)
        var configurations = try access.configurations(owner: account, call.service)
        if !tags.isEmpty { configurations[TaggedResource.kind] = TagSet.document(tags) }
        if locksVersions { configurations["object-lock"] = ObjectLockConfiguration(defaultRetention: nil).document }
        do throws(StorageError) {
            _ = try await call.service.store.createBucket(
                name, owner: account.id, region: region ?? call.service.region,
                versioning: locksVersions ? .enabled : .neverEnabled, configurations: configurations)
        } catch {
            guard case .bucketExists(let bucket) = error else { throw S3Error(storage: error) }
            let details = [("BucketName", name.description)]
            guard bucket.owner == account.id else { throw S3Error(.bucketAlreadyExists, details: details) }
            // Made once more, a bucket keeps its tags: those that it does not have are not to be lost in silence.
            let kept = tags.isEmpty ? [] : try Self.tags(of: bucket, call)
            guard kept == tags else {
                throw S3Error(.bucketAlreadyOwnedByYou, details: details)
            }
            try await access.reset(bucket, call)
        }
        call.service.buckets.invalidate(name)
        return HTTPResponse(status: 200, headers: [("Location", "/\(name)"), (BucketName.arnHeader, name.arn)])
    }

    private func requireRights(tags: [Tag], region: String?, _ call: Authorized<Self>) throws(S3Error) {
        let facts = RequestFacts(tags: tags, location: region)
        try call.require(facts)
        guard !tags.isEmpty else { return }
        var tagging = Permission("s3:TagResource", bucket: name, allowsMissingBucket: true)
        tagging.facts = facts
        try call.access.require(tagging, service: call.service)
    }

    private static func tags(of bucket: Bucket, _ call: Authorized<Self>) throws(S3Error) -> [Tag] {
        let documents = try askStore { () throws(StorageError) in try call.service.store.configurations(of: bucket) }
        return try TaggedResource.tags(of: documents[TaggedResource.kind])
    }

    /// Whether versions are to be kept, and can be locked.
    private static func isLocking(_ request: S3Request) -> Bool {
        request.headers["x-amz-bucket-object-lock-enabled"]?.lowercased() == "true"
    }

    /// - Returns: nil for a request without a document.
    /// - Throws: `MalformedXML`, also for `Location` and `Bucket`, which directory buckets alone have.
    private static func settings(_ document: [UInt8]) throws(S3Error) -> XMLElement? {
        guard !document.isEmpty else { return nil }
        let root = try XMLElement.parse(document, root: "CreateBucketConfiguration")
        let names = root.children.map(\.name)
        guard Set(names).isSubset(of: ["LocationConstraint", "Tags"]), Set(names).count == names.count else {
            throw S3Error(.malformedXML)
        }
        return root
    }

    /// The region that the document asks for; nil if it asks for none.
    private static func location(_ root: XMLElement) throws(S3Error) -> String? {
        guard let text = root["LocationConstraint"]?.text, !text.isEmpty else { return nil }
        let isRegion =
            text.utf8.count <= 32
            && text.utf8.allSatisfy {
                (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-")
            }
        guard isRegion || text == "EU" else {
            throw S3Error(.invalidLocationConstraint, details: [("LocationConstraint", text)])
        }
        return text == "EU" ? "eu-west-1" : text
    }
}
