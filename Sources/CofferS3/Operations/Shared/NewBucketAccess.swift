import CofferAccess
import CofferHTTP
import CofferIAM
import CofferModel
import CofferService
import CofferStorage

/// The access settings in a request that creates a bucket: its ACL, and who owns its objects.
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

    /// Returns the documents of the new bucket.
    ///
    /// - Throws: `InvalidBucketAclWithObjectOwnership` for an ACL where ACLs are disabled,
    ///   `InvalidBucketAclWithBlockPublicAccessError` for a public one where new buckets block public ACLs,
    ///   `AccessDenied` for a public one where the account blocks them.
    func configurations(owner: Account, _ service: Service) async throws(S3Error) -> [String: [UInt8]] {
        let ownership = ownership ?? (service.disablesACLs ? .bucketOwnerEnforced : nil)
        let acl = granted(by: owner)
        guard ownership != .bucketOwnerEnforced || acl == nil else {
            throw S3Error(.invalidBucketACLWithObjectOwnership)
        }
        guard !service.disablesACLs || acl?.isPublic != true else {
            throw S3Error(.invalidBucketACLWithBlockPublicAccess)
        }
        if acl?.isPublic == true, try await Self.block(of: owner, service).blocksPublicACLs {
            throw .blocked("ACLs", by: "BlockPublicAcls")
        }
        return [
            "acl": acl?.document, "ownershipControls": ownership?.document,
            "publicAccessBlock": service.disablesACLs ? PublicAccessBlock.all.document : nil,
            "encryption": service.initialEncryption?.document,
        ].compactMapValues { $0 }
    }

    /// Sets the ACL of a bucket that is created again to the requested one, or else to the initial one. Changing it
    /// this way requires the same permission as PutBucketAcl, because the bucket may have a policy by now.
    func reset<Operation>(_ bucket: Bucket, _ call: Authorized<Operation>) async throws(S3Error) {
        let service = call.service
        guard let state = try await service.buckets.state(of: bucket.name), !state.disablesACLs else { return }
        let owner = Account(id: bucket.owner)
        let acl = granted(by: owner)
        guard state.acl != acl ?? .initial(owner: owner.canonicalID) else { return }
        let permission = Permission("s3:PutBucketAcl", bucket: bucket.name)
        try await call.access.require(permission, in: state, service: service)
        if let acl { try state.check(.grants(acl.grants)) }
        do throws(StorageError) {
            try await service.store.setConfiguration("acl", of: bucket, to: acl?.document)
        } catch {
            // A request to create a bucket must not fail with `NoSuchBucket`: the bucket was deleted after it was
            // found.
            if case .noSuchBucket = error { throw S3Error(.operationAborted) }
            throw S3Error(storage: error)
        }
    }

    /// Returns the account's public access block.
    private static func block(of account: Account, _ service: Service) async throws(S3Error) -> PublicAccessBlock {
        let documents = try await mappingAsyncStorageErrors { () async throws(StorageError) in
            try await service.store.accountConfigurations()
        }
        guard let document = documents[account.id]?["publicAccessBlock"] else { return .none }
        // An unreadable block may have blocked anything.
        return (try? PublicAccessBlock(document: document)) ?? .all
    }

    /// Returns the requested ACL; nil if it equals the default.
    private func granted(by owner: Account) -> AccessControlList? {
        let acl = acl?.acl(ofBucketOf: owner.canonicalID)
        return acl == .initial(owner: owner.canonicalID) ? nil : acl
    }
}
