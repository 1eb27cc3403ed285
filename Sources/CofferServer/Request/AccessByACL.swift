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
    func grant(for permission: Permission, in state: BucketState, _ service: Service) throws(S3Error) -> ACLGrant {
        guard !state.disablesACLs else { return .none }
        switch permission.aclRequirement?.resource {
        case nil: return .none
        case .bucket: return grant(for: permission, by: state.acl, in: state)
        case .object: return try grantByObject(for: permission, in: state, service)
        }
    }

    private func grantByObject(
        for permission: Permission, in state: BucketState, _ service: Service
    ) throws(S3Error) -> ACLGrant {
        guard let key = permission.key else { return .none }
        let found = try askStore { () throws(StorageError) in
            try service.store.object(key, version: permission.version, in: state.bucket)
        }
        if let found, !found.isDeleteMarker { return grant(for: permission, by: found.acl(in: state), in: state) }
        // Who may list the bucket may be told that there is nothing.
        let mayList = try isAllowed(Permission("s3:ListBucket", bucket: state.bucket.name), service: service)
        return mayList ? .group : .none
    }

    private func grant(for permission: Permission, by acl: AccessControlList, in state: BucketState) -> ACLGrant {
        guard let requirement = permission.aclRequirement else { return .none }
        return acl.grant(
            requirement.permission, to: principal, ignoresPublic: state.publicAccessBlock.ignoresPublicACLs)
    }

    /// Whether an object's ACL allows what no policy says anything of.
    func allows(
        _ permission: Permission, by acl: AccessControlList, in state: BucketState, _ service: Service
    ) throws(S3Error) -> Bool {
        var policies = policies(resource: state.policy)
        policies.acl = { () throws(S3Error) in grant(for: permission, by: acl, in: state) }
        return try evaluate(accessRequest(permission, in: state, service: service), policies).isAllowed
    }
}

extension Permission {
    /// What an ACL must grant for it; nil if none can.
    var aclRequirement: ACLRequirement? { ACLRequirement(action, isForNewObject: isForNewObject) }
}

extension Authorized {
    /// Asks again where an object's ACL was the ground: the object that was found may have taken the place of the one
    /// that was asked.
    func requireGround(_ object: ObjectRecord, at index: Int) throws(S3Error) {
        guard let permission = allowedByObject[index] else { return }
        let state = try state(at: index)
        let isAllowed = try access.allows(permission, by: object.acl(in: state), in: state, service)
        guard isAllowed else {
            throw S3Error(.accessDenied).because("the ACL of the object that is there does not allow it", isTold: false)
        }
    }
}

extension BucketState {
    /// Whether ACLs have no effect in the bucket.
    var disablesACLs: Bool { ownership == .bucketOwnerEnforced }

    /// The canonical id of the bucket's owner.
    var ownerID: String { acl.owner }

    /// The canonical id of an object's owner: where ACLs are disabled the bucket's owner owns everything.
    ///
    /// - Parameter account: the id of the account that it was written for.
    func ownerID(ofObjectOf account: String) -> String {
        disablesACLs || account == bucket.owner ? ownerID : Account(id: account).canonicalID
    }

    /// Whether the public access block keeps a principal out, whatever the policy and ACLs allow.
    func keepsOut(_ principal: Principal) -> Bool {
        publicAccessBlock.restrictsPublicBuckets && hasPublicPolicy && principal.account?.id != bucket.owner
    }
}

extension ObjectRecord {
    /// The ACL as it has effect.
    func acl(in state: BucketState) -> AccessControlList {
        let ownerID = state.ownerID(ofObjectOf: owner)
        guard let grants = attributes.grants, !state.disablesACLs else { return .initial(owner: ownerID) }
        return AccessControlList(owner: ownerID, grants: grants)
    }
}
