package import CofferAccess
import CofferHTTP
import CofferIAM
import CofferModel
import CofferService
import CofferStorage

/// Whether a caller has a permission.
extension Access {
    /// - Parameter state: the bucket of the permission; nil for the service itself, and for a bucket that does not
    ///   exist.
    func isAllowed(_ permission: Permission, in state: BucketState?, service: Service) async throws(S3Error) -> Bool {
        try await basis(for: permission, in: state, service: service) != nil
    }

    /// Returns what allows the permission: a policy, or an ACL where no policy decides; nil if nothing does.
    func basis(
        for permission: Permission, in state: BucketState?, service: Service
    ) async throws(S3Error) -> AuthorizationBasis? {
        if let state, !permission.allowsMissingBucket {
            if isUnlimited(in: state) || isAlwaysAllowed(permission, in: state) { return .policy }
        }
        return try await StoredFacts.decide(service.store) { facts throws(S3Error) in
            try basis(for: permission, in: state, facts, service)
        }
    }

    func basis(
        for permission: Permission, in state: BucketState?, _ facts: StoredFacts, _ service: Service
    ) throws(S3Error) -> AuthorizationBasis? {
        // The policy of an existing bucket does not apply to creating it.
        let state = permission.allowsMissingBucket ? nil : state
        if permission.isForSomeKey {
            let isPossible = !isAnonymous || state?.policy?.mayEverAllowAnonymous(permission.action) == true
            return isPossible ? .policy : nil
        }
        if let state, state.blocksPublicAccess(by: principal) { return nil }
        if let state, state.hasUnreadablePolicy { return isOwnersRoot(of: state.bucket) ? .policy : nil }
        let request = accessRequest(permission, in: state, facts, service)
        switch try evaluate(request, policies(for: permission, in: state, facts, service)).decision {
        case .allowed(.acl): return permission.aclRequirement?.resource == .bucket ? .bucketACL : .objectACL
        case .allowed: return .policy
        case .denied, .notAllowed: return nil
        }
    }

    /// Whether the caller may do everything in a bucket without looking at policies and ACLs: nothing but the bucket's
    /// policy can refuse the root of its account.
    private func isUnlimited(in state: BucketState) -> Bool {
        state.policy == nil && identity.isUnlimitedRoot && isOwnersRoot(of: state.bucket)
    }

    /// Whether the policies of the caller and the bucket allow the action on everything, whatever the request says.
    @inline(never)
    private func isAlwaysAllowed(_ permission: Permission, in state: BucketState) -> Bool {
        guard let grants = identity.grants, let bucket = permission.bucket, !permission.isForSomeKey,
            !state.hasUnreadablePolicy, !state.blocksPublicAccess(by: principal)
        else { return false }
        let isAboutObjects = permission.key != nil
        return grants.answer(permission.action, isAboutObjects: isAboutObjects, in: bucket, state) {
            policies(resource: state.policy).alwaysAllow(
                permission.action, by: principal, on: bucket, isAboutObjects: isAboutObjects,
                owner: state.bucket.owner)
        }
    }

    func isOwnersRoot(of bucket: Bucket) -> Bool {
        if case .root(let account) = principal { account.id == bucket.owner } else { false }
    }

    /// Returns every policy and ACL that applies to a permission.
    package func policies(
        for permission: Permission, in state: BucketState?, _ facts: StoredFacts, _ service: Service
    ) -> PolicySet {
        var policies = policies(resource: state?.policy)
        if let state {
            policies.acl = { () throws(S3Error) in try self.grant(for: permission, in: state, facts, service) }
        }
        return policies
    }

    /// Returns the request that policies are evaluated against.
    ///
    /// - Parameter owner: the account that owns the resource; nil for the bucket's owner.
    func accessRequest(
        _ permission: Permission, in state: BucketState?, ownedBy owner: String? = nil, _ facts: StoredFacts,
        _ service: Service
    ) -> AccessRequest {
        let values = ConditionValues(self, permission, in: state, facts, region: service.context.region)
        return AccessRequest(
            principal: principal, action: permission.action, resource: permission.resource,
            resourceAccount: owner ?? state?.bucket.owner, value: { key throws(S3Error) in try values.values(of: key) })
    }
}
