package import CofferModel

/// The ACL permission that an action requires, and the resource on which it must be granted.
///
/// Source: S3 User Guide, "Access control list (ACL) overview", "Mapping of ACL permissions and access policy
/// permissions".
package struct ACLRequirement: Sendable, Equatable {
    package enum Resource: Sendable {
        case bucket, object
        /// The bucket, if the principal's account owns the object.
        case bucketOfOwnObject
    }

    package let permission: AccessControlList.Permission
    package let resource: Resource

    /// - Parameter isForNewObject: whether the action concerns an object that the request creates. The writer owns the
    ///   object and may set its ACL, so the permission to write into the bucket is sufficient.
    /// - Returns: nil for an action that no ACL can allow.
    package init?(_ action: String, isForNewObject: Bool = false) {
        switch action {
        case "s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads": self.init(.read, .bucket)
        case "s3:PutObject": self.init(.write, .bucket)
        case "s3:PutObjectAcl" where isForNewObject: self.init(.write, .bucket)
        case "s3:DeleteObject": self.init(.write, .bucketOfOwnObject)
        case "s3:GetBucketAcl": self.init(.readACP, .bucket)
        case "s3:PutBucketAcl": self.init(.writeACP, .bucket)
        case "s3:GetObject", "s3:GetObjectVersion": self.init(.read, .object)
        case "s3:GetObjectAcl", "s3:GetObjectVersionAcl": self.init(.readACP, .object)
        case "s3:PutObjectAcl", "s3:PutObjectVersionAcl": self.init(.writeACP, .object)
        default: return nil
        }
    }

    private init(_ permission: AccessControlList.Permission, _ resource: Resource) {
        self.permission = permission
        self.resource = resource
    }
}

extension AccessControlList {
    /// Returns how a permission was granted to a principal. An ACL can only allow: what policies deny stays denied.
    ///
    /// - Parameter ignoresPublic: whether grants to the public are ignored (the setting `IgnorePublicAcls`).
    package func grant(_ permission: Permission, to principal: Principal, ignoresPublic: Bool = false) -> ACLGrant {
        let isPublic =
            grants(permission, to: .group(.allUsers))
            || (principal != .anonymous && grants(permission, to: .group(.authenticatedUsers)))
        if isPublic, !ignoresPublic { return .group }
        guard let account = principal.account else { return .none }
        // Owners cannot lock themselves out: they may always read and write the ACL, whatever it grants.
        let isOwners = account.canonicalID == owner && [.readACP, .writeACP].contains(permission)
        return isOwners || grants(permission, to: .user(canonicalID: account.canonicalID)) ? .account : .none
    }

    private func grants(_ permission: Permission, to grantee: Grantee) -> Bool {
        grants.contains { $0.grantee == grantee && [permission, .fullControl].contains($0.permission) }
    }
}
