import CofferAccess
import CofferModel
import CofferStorage

/// What is asked again once an object is found: it may be another than the one that was there when the request was
/// authorised, and another account than the bucket's may own it.
extension Authorized {
    /// Asks again for an object that is found, where an ACL was the basis, as it may have taken the place of the one
    /// that was asked, and where another account than the bucket's owns it.
    ///
    /// - Parameter part: that it has in the operation.
    func requireBasis(_ object: ObjectRecord, as part: Permission.Part = .target) throws(S3Error) {
        for allowed in allowed where allowed.permission.part == part { try requireBasis(object, for: allowed) }
    }

    /// Adds the same to what is asked inside the transaction, for one permission.
    func condition(_ condition: WriteCondition?, and allowed: AllowedPermission) -> WriteCondition? {
        guard allowed.basis == .objectACL || allowed.permission.aclRequirement?.resource == .object else {
            return condition
        }
        return { current throws(S3Error) in
            if let current, !current.isDeleteMarker { try requireBasis(current, for: allowed) }
            try condition?(current)
        }
    }

    private func requireBasis(_ object: ObjectRecord, for allowed: AllowedPermission) throws(S3Error) {
        let (permission, basis) = (allowed.permission, allowed.basis)
        guard let state = allowed.state else {
            throw .internalError("\(permission.action) on an object without a bucket")
        }
        // What the bucket's owner owns was asked before.
        let isAsked = basis == .objectACL || (!state.owns(object) && permission.aclRequirement?.resource == .object)
        guard isAsked else { return }
        guard try access.allows(permission, for: object, in: state, service) else {
            throw S3Error(.accessDenied).withDenialReason(
                state.owns(object)
                    ? "the ACL of the object that is there does not allow it"
                    : "the object is of account \(object.owner), and its ACL does not allow it",
                isDisclosed: access.isOwnersRoot(of: state.bucket))
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
            throw S3Error(.accessDenied).withDenialReason(
                "the object is of account \(owner), in whose name no other writes",
                isDisclosed: access.isOwnersRoot(of: state.bucket))
        }
    }
}
