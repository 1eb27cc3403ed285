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
    }

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let document = try body.finish().document
        let region = try document.isEmpty ? nil : Self.location(document)
        try call.require(RequestFacts(location: region))
        let account = try call.account
        var configurations = try access.configurations(owner: account, call.service)
        if locksVersions { configurations["object-lock"] = ObjectLockConfiguration(defaultRetention: nil).document }
        do throws(StorageError) {
            _ = try await call.service.store.createBucket(
                name, owner: account.id, region: region ?? call.service.region,
                versioning: locksVersions ? .enabled : .neverEnabled, configurations: configurations)
        } catch {
            guard case .bucketExists(let bucket) = error, bucket.owner == account.id else {
                throw S3Error(storage: error)
            }
            try await access.reset(bucket, call)
        }
        call.service.buckets.invalidate(name)
        return HTTPResponse(status: 200, headers: [("Location", "/\(name)")])
    }

    /// Whether versions are to be kept, and can be locked.
    private static func isLocking(_ request: S3Request) -> Bool {
        request.headers["x-amz-bucket-object-lock-enabled"]?.lowercased() == "true"
    }

    /// The region that the document asks for; nil if it asks for none.
    private static func location(_ document: [UInt8]) throws(S3Error) -> String? {
        let root = try XMLElement.parse(document, root: "CreateBucketConfiguration")
        for child in root.children where child.name != "LocationConstraint" {
            throw S3Error(.notImplemented, "\(child.name) of a CreateBucketConfiguration is not implemented")
        }
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
