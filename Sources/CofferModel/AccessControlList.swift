/// What the owner of a bucket or object grants to others, besides what policies say.
///
/// Source: S3 User Guide, "Access control list (ACL) overview".
public struct AccessControlList: Sendable, Equatable {
    /// The owner's canonical user id.
    public let owner: String
    public let grants: [Grant]

    public init(owner: String, grants: [Grant]) {
        self.owner = owner
        self.grants = grants
    }

    /// What holds until something else is granted: the owner may do everything, nobody else anything.
    public static func initial(owner: String) -> AccessControlList {
        AccessControlList(owner: owner, grants: [Grant(.user(canonicalID: owner), .fullControl)])
    }

    /// Whether it grants something to people whom the owner does not know.
    public var isPublic: Bool { grants.contains { $0.grantee.isPublic } }

    public struct Grant: Sendable, Hashable {
        public let grantee: Grantee
        public let permission: Permission

        public init(_ grantee: Grantee, _ permission: Permission) {
            self.grantee = grantee
            self.permission = permission
        }
    }

    public enum Permission: String, Sendable, CaseIterable {
        case fullControl = "FULL_CONTROL"
        case read = "READ"
        case write = "WRITE"
        case readACP = "READ_ACP"
        case writeACP = "WRITE_ACP"
    }

    /// To whom something is granted. A request may name an account by its e-mail address as well, in whose place its
    /// canonical id is kept.
    public enum Grantee: Sendable, Hashable {
        case user(canonicalID: String)
        case group(Group)

        public var isPublic: Bool { [.group(.allUsers), .group(.authenticatedUsers)].contains(self) }
    }

    /// A group that S3 knows, by its URI.
    public enum Group: String, Sendable, CaseIterable {
        /// Everyone, signed or not.
        case allUsers = "http://acs.amazonaws.com/groups/global/AllUsers"
        /// Everyone who signs, of whatever account.
        case authenticatedUsers = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
        /// The service that writes access logs.
        case logDelivery = "http://acs.amazonaws.com/groups/s3/LogDelivery"
    }
}

extension AccessControlList.Grantee {
    /// - Parameter accounts: those that may be named; nil leaves it unchecked, as for what was checked before.
    /// - Throws: `InvalidArgument` for text that is no account's canonical id: 64 hexadecimal digits.
    public init(canonicalID: String, among accounts: (any AccountDirectory)?) throws(S3Error) {
        self = .user(canonicalID: canonicalID)
        // Other services have ids of other forms.
        guard let accounts else { return }
        let isDigits = canonicalID.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
        let isKnown = CannedACL.awsAccounts.contains(canonicalID) || accounts.contains(canonicalID: canonicalID)
        guard canonicalID.utf8.count == 64, isDigits, isKnown else {
            throw .invalidArgument("Invalid id", name: "CanonicalUser/ID", value: canonicalID)
        }
    }

    /// - Throws: `InvalidArgument` for a group that S3 does not know.
    public init(groupURI: String) throws(S3Error) {
        guard let group = AccessControlList.Group(rawValue: groupURI) else {
            throw .invalidArgument("Invalid group uri", name: "Group/URI", value: groupURI)
        }
        self = .group(group)
    }

    /// - Throws: `UnresolvableGrantByEmailAddress` for an address that no account has.
    public init(emailAddress: String, among accounts: (any AccountDirectory)?) throws(S3Error) {
        guard let canonicalID = accounts?.canonicalID(email: emailAddress) else {
            throw S3Error(.unresolvableGrantByEmailAddress)
        }
        self = .user(canonicalID: canonicalID)
    }
}

/// The accounts that an ACL may name.
public protocol AccountDirectory: Sendable {
    func contains(canonicalID: String) -> Bool
    /// nil for an address that no account has; its letters may be of either case.
    func canonicalID(email: String) -> String?
}
