package import CofferModel

/// The ACL's permission that stands for an action, and on what it must have been granted.
///
/// Source: S3 User Guide, "Access control list (ACL) overview", "Mapping of ACL permissions and access policy
/// permissions".
package struct ACLRequirement: Sendable, Equatable {
    package enum Resource: Sendable {
        case bucket, object
        /// On the bucket, where the object is the principal's account's own.
        case bucketOfOwnObject
    }

    package let permission: AccessControlList.Permission
    package let resource: Resource

    /// - Parameter isForNewObject: whether the action is about an object that the request makes. Its writer owns it, and
    ///   may say what its ACL is to be: to write into the bucket is enough.
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
    /// How a permission was granted to a principal. An ACL can only allow: what policies deny stays denied.
    ///
    /// - Parameter ignoresPublic: passes over what is granted to the public (the setting `IgnorePublicAcls`).
    package func grant(_ permission: Permission, to principal: Principal, ignoresPublic: Bool = false) -> ACLGrant {
        let isPublic =
            grants(permission, to: .group(.allUsers))
            || (principal != .anonymous && grants(permission, to: .group(.authenticatedUsers)))
        if isPublic, !ignoresPublic { return .group }
        guard let account = principal.account else { return .none }
        // An owner cannot lock themselves out: the ACL stays theirs whatever it grants.
        let isOwners = account.canonicalID == owner && [.readACP, .writeACP].contains(permission)
        return isOwners || grants(permission, to: .user(canonicalID: account.canonicalID)) ? .account : .none
    }

    private func grants(_ permission: Permission, to grantee: Grantee) -> Bool {
        grants.contains { $0.grantee == grantee && [permission, .fullControl].contains($0.permission) }
    }
}
