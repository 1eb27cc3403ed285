import CofferAccess
import CofferIAM
import CofferModel
import CofferStorage

/// Checks that are repeated once an object is found: it may have been replaced since the request was authorized, and an
/// account other than the bucket owner may own it.
extension Authorized {
    /// Repeats the authorization for a found object where an ACL was the basis, because the object may have replaced
    /// the one that was checked, and where an account other than the bucket owner owns it.
    ///
    /// - Parameter part: the object's role in the operation.
    func requireBasis(_ object: ObjectRecord, as part: Permission.Part = .target) throws(S3Error) {
        for allowed in allowed where allowed.permission.part == part { try requireBasis(object, for: allowed) }
    }

    /// Adds the same check, for one permission, to the condition that is evaluated inside the transaction.
    func condition(_ condition: WriteCheck?, and allowed: AllowedPermission) -> WriteCheck? {
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
        // Objects that the bucket owner owns were already checked when the request was authorized.
        let isAsked = basis == .objectACL || (!state.owns(object) && permission.aclRequirement?.resource == .object)
        guard isAsked else { return }
        guard try access.allows(permission, for: object, in: state, service) else {
            throw S3Error(.accessDenied).withDenialReason(
                state.owns(object)
                    ? "the ACL of the existing object does not allow it"
                    : "the object belongs to account \(object.owner), and its ACL does not allow it",
                isDisclosed: access.isOwnersRoot(of: state.bucket))
        }
    }

    /// Refuses to write bytes to an object that is, or will be, owned by an account other than the caller's own or the
    /// bucket owner's: no caller may write on behalf of a third account.
    ///
    /// - Parameter owner: the account that owns the object or upload.
    func requireWriter(ofObjectOf owner: String) throws(S3Error) {
        let state = try state
        let ownerID = state.ownerID(ofObjectOf: owner)
        guard [state.ownerID, access.principal.account?.canonicalID].contains(ownerID) else {
            throw S3Error(.accessDenied).withDenialReason(
                "the object belongs to account \(owner); only that account or the bucket owner may write to it",
                isDisclosed: access.isOwnersRoot(of: state.bucket))
        }
    }
}
