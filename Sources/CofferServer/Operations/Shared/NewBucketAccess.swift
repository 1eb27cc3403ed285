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
    ///   `InvalidBucketAclWithBlockPublicAccessError` for a public one where new buckets block such, `AccessDenied` for one
    ///   where the account as a whole does.
    func configurations(owner: Account, _ service: Service) throws(S3Error) -> [String: [UInt8]] {
        let acls = service.acls
        let ownership = ownership ?? (acls == .disabled ? .bucketOwnerEnforced : nil)
        let acl = granted(by: owner)
        guard ownership != .bucketOwnerEnforced || acl == nil else {
            throw S3Error(.invalidBucketACLWithObjectOwnership)
        }
        guard acls == .enabled || acl?.isPublic != true else { throw S3Error(.invalidBucketACLWithBlockPublicAccess) }
        if acl?.isPublic == true, try Self.block(of: owner, service).blocksPublicACLs {
            throw .blocked("ACLs", by: "BlockPublicAcls")
        }
        return [
            "acl": acl?.document, "ownershipControls": ownership?.document,
            "publicAccessBlock": acls == .disabled ? PublicAccessBlock.all.document : nil,
            "encryption": service.initialEncryption?.document,
        ].compactMapValues { $0 }
    }

    /// A bucket that is made once more has the ACL that the request asks for, or else only its owner's. To change it so
    /// needs what PutBucketAcl does: the bucket has a policy by now.
    func reset<Operation>(_ bucket: Bucket, _ call: Authorized<Operation>) async throws(S3Error) {
        let service = call.service
        guard let state = try service.buckets.state(of: bucket.name), !state.disablesACLs else { return }
        let owner = Account(id: bucket.owner)
        let acl = granted(by: owner)
        guard state.acl != acl ?? .initial(owner: owner.canonicalID) else { return }
        try call.access.require(Permission("s3:PutBucketAcl", bucket: bucket.name), service: service)
        if let acl { try state.check(.grants(acl.grants)) }
        do throws(StorageError) {
            try await service.store.setConfiguration("acl", of: bucket, to: acl?.document)
        } catch {
            // Whoever makes a bucket is not to hear that there is none: it was deleted since it was found.
            if case .noSuchBucket = error { throw S3Error(.operationAborted) }
            throw S3Error(storage: error)
        }
    }

    /// What the account as a whole refuses to the public.
    private static func block(of account: Account, _ service: Service) throws(S3Error) -> PublicAccessBlock {
        let documents = try mappingStorageErrors { () throws(StorageError) in try service.store.accountConfigurations()
        }
        guard let document = documents[account.id]?["publicAccessBlock"] else { return .none }
        // One that cannot be read may have refused anything.
        return (try? PublicAccessBlock(document: document)) ?? .all
    }

    /// nil for what a bucket has anyway.
    private func granted(by owner: Account) -> AccessControlList? {
        let acl = acl?.acl(ofBucketOf: owner.canonicalID)
        return acl == .initial(owner: owner.canonicalID) ? nil : acl
    }
}
