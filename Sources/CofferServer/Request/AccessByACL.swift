import CofferAccess
import CofferModel
import CofferStorage

/// What lets a request do something.
enum Ground: Sendable {
    case policy
    case bucketACL
    /// The ACL of the object as it was when it was asked; it may be another by the time the object is read.
    case objectACL
}

/// What ACLs allow, where no policy allows it and none denies it.
extension Access {
    /// - Returns: nil if no ACL allows it.
    func ground(inACLFor permission: Permission, in state: BucketState, _ service: Service) throws(S3Error) -> Ground? {
        guard !state.disablesACLs else { return nil }
        let requirement = ACLRequirement(permission.action, isForNewObject: permission.isForNewObject)
        switch requirement?.resource {
        case nil: return nil
        case .bucket: return allows(permission, by: state.acl, in: state) ? .bucketACL : nil
        case .object: return try isAllowedByObject(permission, in: state, service) ? .objectACL : nil
        }
    }

    private func isAllowedByObject(
        _ permission: Permission, in state: BucketState, _ service: Service
    ) throws(S3Error) -> Bool {
        guard let key = permission.key else { return false }
        let found = try askStore { () throws(StorageError) in
            try service.store.object(key, version: permission.version, in: state.bucket)
        }
        if let found, !found.isDeleteMarker { return allows(permission, by: found.acl(in: state), in: state) }
        // Who may list the bucket may be told that there is nothing.
        return try isAllowed(Permission("s3:ListBucket", bucket: state.bucket.name), service: service)
    }

    func allows(_ permission: Permission, by acl: AccessControlList, in state: BucketState) -> Bool {
        let requirement = ACLRequirement(permission.action, isForNewObject: permission.isForNewObject)
        guard let requirement else { return false }
        let grant = acl.grant(
            requirement.permission, to: principal, ignoresPublic: state.publicAccessBlock.ignoresPublicACLs)
        switch grant {
        case .none: return false
        case .group: return true
        case .account:
            // The root has it; the account's users need a policy of theirs besides.
            return evaluate(accessRequest(permission), identityPolicies: identity.policies, bucketPolicy: nil).isAllowed
        }
    }
}

extension Authorized {
    /// Asks again where an object's ACL was the ground: the object that was found may have taken the place of the one
    /// that was asked.
    func requireGround(_ object: ObjectRecord, at index: Int) throws(S3Error) {
        guard let permission = allowedByObject[index] else { return }
        let state = try state(at: index)
        guard access.allows(permission, by: object.acl(in: state), in: state) else { throw S3Error(.accessDenied) }
    }
}

extension BucketState {
    /// Whether ACLs have no effect in the bucket.
    var disablesACLs: Bool { ownership == .bucketOwnerEnforced }

    /// The canonical id of the bucket's owner.
    var ownerID: String { acl.owner }

    /// Whether the public access block keeps a principal out, whatever the policy and ACLs allow.
    func keepsOut(_ principal: Principal) -> Bool {
        publicAccessBlock.restrictsPublicBuckets && hasPublicPolicy && principal.account?.id != bucket.owner
    }
}

extension ObjectRecord {
    /// The ACL as it has effect.
    func acl(in state: BucketState) -> AccessControlList {
        let ownerID = state.disablesACLs || owner == state.bucket.owner ? state.ownerID : Account(id: owner).canonicalID
        guard let grants = attributes.grants, !state.disablesACLs else { return .initial(owner: ownerID) }
        return AccessControlList(owner: ownerID, grants: grants)
    }
}
