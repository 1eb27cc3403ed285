import CofferAccess
import CofferHTTP
import CofferModel
import CofferStorage

/// What a request says of the access to a bucket that it makes: its ACL, and who owns its objects.
///
/// Source: S3 API Reference, CreateBucket.
struct NewBucketAccess: Sendable {
    static let ownershipHeader = "x-amz-object-ownership"

    private let acl: RequestedACL?
    private let ownership: ObjectOwnership?

    init(_ request: S3Request) throws(S3Error) {
        acl = try RequestedACL(request)
        ownership = try request.headers[Self.ownershipHeader].map { text throws(S3Error) in
            guard let ownership = ObjectOwnership(rawValue: text) else {
                throw .invalidArgument(
                    "Invalid x-amz-object-ownership header: \(text)", name: Self.ownershipHeader, value: text)
            }
            return ownership
        }
    }

    /// The documents that the new bucket has.
    ///
    /// - Throws: `InvalidBucketAclWithObjectOwnership` for an ACL where ACLs are disabled,
    ///   `InvalidBucketAclWithBlockPublicAccessError` for a public one where such are blocked.
    func configurations(
        owner: Account, _ acls: ServerConfiguration.ACLs
    ) throws(S3Error) -> [String: [UInt8]] {
        let ownership = ownership ?? (acls == .disabled ? .bucketOwnerEnforced : nil)
        let acl = granted(by: owner)
        guard ownership != .bucketOwnerEnforced || acl == nil else {
            throw S3Error(.invalidBucketACLWithObjectOwnership)
        }
        guard acls == .enabled || acl?.isPublic != true else { throw S3Error(.invalidBucketACLWithBlockPublicAccess) }
        return [
            "acl": acl?.document, "ownershipControls": ownership?.document,
            "publicAccessBlock": acls == .disabled ? PublicAccessBlock.all.document : nil,
        ].compactMapValues { $0 }
    }

    /// A bucket that is made once more has the ACL that the request asks for, or else only its owner's.
    func reset(_ bucket: Bucket, _ service: Service) async throws(S3Error) {
        guard let state = try service.buckets.state(of: bucket.name), !state.disablesACLs else { return }
        let owner = Account(id: bucket.owner)
        let acl = granted(by: owner)
        guard state.acl != acl ?? .initial(owner: owner.canonicalID) else { return }
        if let acl { try state.check(.grants(acl.grants)) }
        try await awaitStore { () async throws(StorageError) in
            try await service.store.setConfiguration("acl", of: bucket, to: acl?.document)
        }
    }

    /// nil for what a bucket has anyway.
    private func granted(by owner: Account) -> AccessControlList? {
        let acl = acl?.acl(ofBucketOf: owner.canonicalID)
        return acl == .initial(owner: owner.canonicalID) ? nil : acl
    }
}
