/// The permissions that the owner of a bucket or object grants to others, in addition to what policies allow.
///
/// Source: S3 User Guide, "Access control list (ACL) overview".
public struct AccessControlList: Sendable, Equatable {
    /// The owner's canonical user id.
    public let owner: String
    /// The grants, in the order of the document; S3 allows at most ``Limits/grantCount``.
    public let grants: [Grant]

    /// Creates an ACL.
    ///
    /// - Parameters:
    ///   - owner: the canonical user id of the owner.
    ///   - grants: the grants, in the order of the document.
    public init(owner: String, grants: [Grant]) {
        self.owner = owner
        self.grants = grants
    }

    /// The initial ACL: the owner may do everything, and no one else may do anything.
    public static func initial(owner: String) -> AccessControlList {
        AccessControlList(owner: owner, grants: [Grant(.user(canonicalID: owner), .fullControl)])
    }

    /// Whether the ACL grants anything to a public group, that is, to people whom the owner does not know.
    public var isPublic: Bool { grants.contains { $0.grantee.isPublic } }

    /// One permission for one grantee.
    public struct Grant: Sendable, Hashable {
        /// Who receives the permission.
        public let grantee: Grantee
        /// What the grantee may do.
        public let permission: Permission

        /// Creates a grant of a permission to a grantee.
        public init(_ grantee: Grantee, _ permission: Permission) {
            self.grantee = grantee
            self.permission = permission
        }
    }

    /// What a grantee may do with a bucket or object, by the name in the document.
    public enum Permission: String, Sendable, CaseIterable {
        /// Everything that the other permissions allow.
        case fullControl = "FULL_CONTROL"
        /// To list a bucket's objects, versions and uploads, or to read an object.
        case read = "READ"
        /// To write and delete objects in a bucket; without meaning for an object.
        case write = "WRITE"
        /// To read the ACL.
        case readACP = "READ_ACP"
        /// To replace the ACL.
        case writeACP = "WRITE_ACP"
    }

    /// The recipient of a grant. A request may also name an account by its e-mail address, which is stored as the
    /// account's canonical id.
    public enum Grantee: Sendable, Hashable {
        /// An account, by its canonical user id of 64 hexadecimal digits.
        case user(canonicalID: String)
        /// A predefined group.
        case group(Group)

        /// Whether the grantee is a group of people whom the owner does not know.
        public var isPublic: Bool { [.group(.allUsers), .group(.authenticatedUsers)].contains(self) }
    }

    /// A predefined group of S3, by its URI.
    public enum Group: String, Sendable, CaseIterable {
        /// Everyone, including anonymous callers.
        case allUsers = "http://acs.amazonaws.com/groups/global/AllUsers"
        /// Everyone who signs their requests, from any account.
        case authenticatedUsers = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
        /// The service that writes access logs.
        case logDelivery = "http://acs.amazonaws.com/groups/s3/LogDelivery"
    }
}

extension AccessControlList.Grantee {
    /// Creates a grantee from the canonical id of an account.
    ///
    /// - Parameters:
    ///   - canonicalID: 64 hexadecimal digits.
    ///   - accounts: the accounts that may be named; nil skips the check, as for ids that were checked before.
    /// - Throws: `InvalidArgument` for text that is not the canonical id of an account, which has 64 hexadecimal
    ///   digits.
    package init(canonicalID: String, among accounts: (any AccountDirectory)?) throws(S3Error) {
        self = .user(canonicalID: canonicalID)
        // Other services use other formats of ids.
        guard let accounts else { return }
        let isDigits = canonicalID.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
        let isKnown = CannedACL.awsAccounts.contains(canonicalID) || accounts.contains(canonicalID: canonicalID)
        guard canonicalID.utf8.count == 64, isDigits, isKnown else {
            throw .invalidArgument("Invalid id", name: "CanonicalUser/ID", value: canonicalID)
        }
    }

    /// Creates a grantee from the URI of a predefined group.
    ///
    /// - Throws: `InvalidArgument` for a group that S3 does not know.
    package init(groupURI: String) throws(S3Error) {
        guard let group = AccessControlList.Group(rawValue: groupURI) else {
            throw .invalidArgument("Invalid group uri", name: "Group/URI", value: groupURI)
        }
        self = .group(group)
    }

    /// Creates a grantee from the e-mail address of an account.
    ///
    /// - Throws: `UnresolvableGrantByEmailAddress` for an address that no account has.
    package init(emailAddress: String, among accounts: (any AccountDirectory)?) throws(S3Error) {
        guard let canonicalID = accounts?.canonicalID(email: emailAddress) else {
            throw S3Error(.unresolvableGrantByEmailAddress)
        }
        self = .user(canonicalID: canonicalID)
    }
}

/// The accounts that an ACL may name.
package protocol AccountDirectory: Sendable {
    /// Returns whether an account has a canonical id.
    func contains(canonicalID: String) -> Bool
    /// Returns the canonical id of the account with an e-mail address, compared without regard to case; nil if no
    /// account has the address.
    func canonicalID(email: String) -> String?
}
