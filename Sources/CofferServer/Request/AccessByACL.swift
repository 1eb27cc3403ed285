import CofferAccess
import CofferModel
import CofferStorage

/// What lets a request do something.
enum AuthorizationBasis: Sendable {
    case policy
    case bucketACL
    /// The ACL of the object as it was when it was asked; it may be another by the time the object is read.
    case objectACL
}

/// What ACLs allow, where no policy allows it and none denies it.
extension Access {
    func grant(for permission: Permission, in state: BucketState, _ service: Service) throws(S3Error) -> ACLGrant {
        if try isInitiator(for: permission, in: state, service) { return .group }
        guard !state.disablesACLs else { return .none }
        switch permission.aclRequirement?.resource {
        case nil: return .none
        case .bucket: return grant(for: permission, by: state.acl, in: state)
        case .object: return try grantByObject(for: permission, in: state, service)
        case .bucketOfOwnObject:
            let found = try permission.key.flatMap { key throws(S3Error) in
                try mappingStorageErrors { () throws(StorageError) in
                    try service.store.object(key, version: nil, in: state.bucket)
                }
            }
            guard let found, !found.isDeleteMarker else { return grant(for: permission, by: state.acl, in: state) }
            return grantToOwner(of: found, for: permission, in: state)
        }
    }

    /// Whether somebody began the upload that they want to end or to see, which needs no policy; the account of a user who
    /// began it may as well.
    ///
    /// Source: S3 User Guide, "Multipart upload API and permissions".
    private func isInitiator(
        for permission: Permission, in state: BucketState, _ service: Service
    ) throws(S3Error) -> Bool {
        guard ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"].contains(permission.action) else {
            return false
        }
        guard let arn = principal.arn, let key = permission.key, let id = request.query["uploadId"] else {
            return false
        }
        let upload = try mappingStorageErrors { () throws(StorageError) in
            try service.store.upload(id, of: key, in: state.bucket)
        }
        guard let initiator = upload?.initiator else { return false }
        let isItsAccount = arn.hasSuffix(":root") && initiator.hasPrefix(arn.dropLast("root".count))
        return initiator == arn || isItsAccount
    }

    private func grantByObject(
        for permission: Permission, in state: BucketState, _ service: Service
    ) throws(S3Error) -> ACLGrant {
        guard let key = permission.key else { return .none }
        let found = try mappingStorageErrors { () throws(StorageError) in
            try service.store.object(key, version: permission.version, in: state.bucket)
        }
        if let found, !found.isDeleteMarker { return grant(for: permission, by: found.acl(in: state), in: state) }
        // Who may list the bucket may be told that there is nothing.
        let mayList = try isAllowed(Permission("s3:ListBucket", bucket: state.bucket.name), service: service)
        return mayList ? .group : .none
    }

    /// What may be done with an object that one may write into its bucket, if it is one's own.
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
    /// What another account than the bucket's owns is that account's: the bucket's policy can deny it, and allows nothing;
    /// the bucket owner's users have what the ACL grants their account.
    ///
    /// Source: S3 User Guide, "How Amazon S3 authorizes a request for an object operation".
    func allows(
        _ permission: Permission, for object: ObjectRecord, in state: BucketState, _ service: Service
    ) throws(S3Error) -> Bool {
        let (policies, owner) = policies(for: permission, and: object, in: state)
        let request = accessRequest(permission, in: state, ownedBy: owner, service: service)
        return try evaluate(request, policies).isAllowed
    }

    /// All that has a say in a permission for an object, and the account that the object belongs to.
    func policies(
        for permission: Permission, and object: ObjectRecord, in state: BucketState
    ) -> (policies: PolicySet, owner: String) {
        let acl = object.acl(in: state)
        let isOwn = permission.aclRequirement?.resource == .bucketOfOwnObject
        let isBuckets = state.owns(object) || isOwn
        var policies = policies(resource: state.policy)
        policies.isResourceDenialOnly = !isBuckets
        policies.acl = { () throws(S3Error) in
            isOwn
                ? grantToOwner(of: object, for: permission, in: state) : grant(for: permission, by: acl, in: state)
        }
        return (policies, isBuckets ? state.bucket.owner : object.owner)
    }
}

extension Permission {
    /// What an ACL must grant for it; nil if none can.
    var aclRequirement: ACLRequirement? { ACLRequirement(action, isForNewObject: isForNewObject) }
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
    /// - Parameter account: the id of the account that it was written for.
    func ownerID(ofObjectOf account: String) -> String {
        disablesACLs || account == bucket.owner ? ownerID : Account(id: account).canonicalID
    }

    /// Whether the public access block keeps a principal out, whatever the policy and ACLs allow.
    func blocksPublicAccess(by principal: Principal) -> Bool {
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
