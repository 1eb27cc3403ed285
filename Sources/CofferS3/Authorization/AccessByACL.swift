package import CofferAccess
import CofferIAM
import CofferModel
import CofferService
package import CofferStorage

/// The source of a request's authorization.
enum AuthorizationBasis: Sendable {
    case policy
    case bucketACL
    /// The object's ACL at the time of the check. The object may have been replaced by the time it is read.
    case objectACL
}

/// The permissions that ACLs grant where no policy allows or denies the action.
extension Access {
    func grant(
        for permission: Permission, in state: BucketState, _ facts: StoredFacts, _ service: Service
    ) throws(S3Error) -> ACLGrant {
        if isInitiator(for: permission, in: state, facts) { return .group }
        guard !state.disablesACLs else { return .none }
        switch permission.aclRequirement?.resource {
        case nil: return .none
        case .bucket: return grant(for: permission, by: state.acl, in: state)
        case .object: return try grantByObject(for: permission, in: state, facts, service)
        case .bucketOfOwnObject:
            let found = permission.key.flatMap { facts.object($0, version: nil, in: state.bucket) }
            guard let found, !found.isDeleteMarker else { return grant(for: permission, by: state.acl, in: state) }
            return grantToOwner(of: found, for: permission, in: state)
        }
    }

    /// Whether the caller initiated the upload that the request aborts or lists, which needs no policy. The account of
    /// the user who initiated it qualifies as well.
    ///
    /// Source: S3 User Guide, "Multipart upload API and permissions".
    private func isInitiator(for permission: Permission, in state: BucketState, _ facts: StoredFacts) -> Bool {
        guard ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"].contains(permission.action) else {
            return false
        }
        guard let arn = principal.arn, let key = permission.key, let id = request.query["uploadId"] else {
            return false
        }
        guard let initiator = facts.upload(id, of: key, in: state.bucket)?.initiator else { return false }
        let isItsAccount = arn.hasSuffix(":root") && initiator.hasPrefix(arn.dropLast("root".count))
        return initiator == arn || isItsAccount
    }

    private func grantByObject(
        for permission: Permission, in state: BucketState, _ facts: StoredFacts, _ service: Service
    ) throws(S3Error) -> ACLGrant {
        guard let key = permission.key else { return .none }
        let found = facts.object(key, version: permission.version, in: state.bucket)
        if let found, !found.isDeleteMarker { return grant(for: permission, by: found.acl(in: state), in: state) }
        // A caller who may list the bucket may learn that the key does not exist.
        let listing = Permission("s3:ListBucket", bucket: state.bucket.name)
        let mayList = try basis(for: listing, in: state, facts, service) != nil
        return mayList ? .group : .none
    }

    /// Returns the bucket ACL's grant for an action that is allowed only on the caller's own objects.
    private func grantToOwner(of object: ObjectRecord, for permission: Permission, in state: BucketState) -> ACLGrant {
        guard object.owner == principal.account?.id else { return .none }
        return grant(for: permission, by: state.acl, in: state)
    }

    private func grant(for permission: Permission, by acl: AccessControlList, in state: BucketState) -> ACLGrant {
        guard let requirement = permission.aclRequirement else { return .none }
        return acl.grant(
            requirement.permission, to: principal, ignoresPublic: state.publicAccessBlock.ignoresPublicACLs)
    }

    /// Whether policies and an object's ACL allow something for the object.
    ///
    /// An object that another account owns is under that account's control: the bucket policy can deny access to it but
    /// cannot allow it, and the bucket owner's users have what the object's ACL grants their account.
    ///
    /// Source: S3 User Guide, "How Amazon S3 authorizes a request for an object operation".
    func allows(
        _ permission: Permission, for object: ObjectRecord, in state: BucketState, _ service: Service
    ) throws(S3Error) -> Bool {
        let (policies, owner) = policies(for: permission, and: object, in: state)
        let facts = StoredFacts(about: object, permission, in: state.bucket)
        let request = accessRequest(permission, in: state, ownedBy: owner, facts, service)
        return try evaluate(request, policies).isAllowed
    }

    /// Returns every policy and ACL that applies to a permission on an object, and the account that owns the object.
    package func policies(
        for permission: Permission, and object: ObjectRecord, in state: BucketState
    ) -> (policies: PolicySet, owner: String) {
        let acl = object.acl(in: state)
        let isOwn = permission.aclRequirement?.resource == .bucketOfOwnObject
        let isBuckets = state.owns(object) || isOwn
        var policies = policies(resource: state.policy)
        policies.isResourceDenialOnly = !isBuckets
        policies.acl = { () throws(S3Error) in
            isOwn
                ? self.grantToOwner(of: object, for: permission, in: state)
                : self.grant(for: permission, by: acl, in: state)
        }
        return (policies, isBuckets ? state.bucket.owner : object.owner)
    }
}

extension Permission {
    /// The ACL grant that the permission requires; nil if no ACL can grant it.
    package var aclRequirement: ACLRequirement? { ACLRequirement(action, isForNewObject: isForNewObject) }
}

extension BucketState {
    /// Whether ACLs have no effect in the bucket.
    var disablesACLs: Bool { ownership == .bucketOwnerEnforced }

    /// The canonical id of the bucket's owner.
    var ownerID: String { acl.owner }

    /// Whether an object belongs to the bucket's owner.
    func owns(_ object: ObjectRecord) -> Bool { object.owner == bucket.owner || disablesACLs }

    /// The canonical id of an object's owner: where ACLs are disabled the bucket's owner owns everything.
    ///
    /// - Parameter account: the id of the account that the object was written for.
    func ownerID(ofObjectOf account: String) -> String {
        disablesACLs || account == bucket.owner ? ownerID : Account(id: account).canonicalID
    }

    /// Whether the public access block denies a principal access, whatever the policy and ACLs allow.
    func blocksPublicAccess(by principal: Principal) -> Bool {
        publicAccessBlock.restrictsPublicBuckets && hasPublicPolicy && principal.account?.id != bucket.owner
    }
}

extension ObjectRecord {
    /// Returns the effective ACL.
    func acl(in state: BucketState) -> AccessControlList {
        let ownerID = state.ownerID(ofObjectOf: owner)
        guard let grants = attributes.grants, !state.disablesACLs else { return .initial(owner: ownerID) }
        return AccessControlList(owner: ownerID, grants: grants)
    }
}
