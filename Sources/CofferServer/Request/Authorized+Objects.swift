import CofferAccess
import CofferModel
import CofferStorage

/// What is asked again once an object is found: it may be another than the one that was there when the request was
/// authorised, and another account than the bucket's may own it.
extension Authorized {
    /// Asks again for an object that is found, where an ACL was the ground, as it may have taken the place of the one
    /// that was asked, and where another account than the bucket's owns it.
    ///
    /// - Parameter index: the position of the permission that it was found for.
    func requireGround(_ object: ObjectRecord, at index: Int) throws(S3Error) {
        try requireGround(object, for: permissions[index], on: ground(at: index), in: try state(at: index))
    }

    /// Asks again for the `s3:GetObject` that a condition on the object, or an addition to it, needs besides.
    func requireReading(_ object: ObjectRecord) throws(S3Error) {
        guard let index = permissions.lastIndex(where: { $0.action == "s3:GetObject" }) else { return }
        try requireGround(object, at: index)
    }

    /// Adds the same to what is asked inside the transaction.
    func condition(_ condition: WriteCondition?, at index: Int) throws(S3Error) -> WriteCondition? {
        try self.condition(condition, and: permissions[index], on: ground(at: index), in: try state(at: index))
    }

    /// The same for a permission that was asked apart from those of the operation.
    ///
    /// - Parameter ground: on which it stood.
    func condition(
        _ condition: WriteCondition?, and permission: Permission, on ground: Ground, in state: BucketState
    ) throws(S3Error) -> WriteCondition? {
        guard ground == .objectACL || permission.aclRequirement?.resource == .object else { return condition }
        return { current throws(S3Error) in
            if let current, !current.isDeleteMarker {
                try requireGround(current, for: permission, on: ground, in: state)
            }
            try condition?(current)
        }
    }

    private func ground(at index: Int) -> Ground { allowedByObject.contains(index) ? .objectACL : .policy }

    private func requireGround(
        _ object: ObjectRecord, for permission: Permission, on ground: Ground, in state: BucketState
    ) throws(S3Error) {
        // What the bucket's owner owns was asked before.
        let isAsked = ground == .objectACL || (!state.owns(object) && permission.aclRequirement?.resource == .object)
        guard isAsked else { return }
        guard try access.allows(permission, for: object, in: state, service) else {
            throw S3Error(.accessDenied).because(
                state.owns(object)
                    ? "the ACL of the object that is there does not allow it"
                    : "the object is of account \(object.owner), and its ACL does not allow it",
                isTold: access.isOwnersRoot(of: state.bucket))
        }
    }

    /// Refuses bytes for what is, or will be, another account's, in whose name nobody else writes: it is the caller's
    /// own, or the bucket owner's.
    ///
    /// - Parameter owner: the account that the object or upload is of.
    func requireWriter(ofObjectOf owner: String) throws(S3Error) {
        let state = try state
        let ownerID = state.ownerID(ofObjectOf: owner)
        guard [state.ownerID, access.principal.account?.canonicalID].contains(ownerID) else {
            throw S3Error(.accessDenied).because(
                "the object is of account \(owner), in whose name no other writes",
                isTold: access.isOwnersRoot(of: state.bucket))
        }
    }
}
