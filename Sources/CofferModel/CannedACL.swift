/// A predefined set of grants, as named in the `x-amz-acl` header.
///
/// Source: S3 User Guide, "Access control list (ACL) overview", "Canned ACL".
public enum CannedACL: String, Sendable, CaseIterable {
    /// The owner has full control; the default.
    case `private`
    /// In addition, everyone may read.
    case publicRead = "public-read"
    /// In addition, everyone may read and write.
    case publicReadWrite = "public-read-write"
    /// In addition, everyone who signs their requests may read.
    case authenticatedRead = "authenticated-read"
    /// In addition, Amazon EC2 may read.
    case awsExecRead = "aws-exec-read"
    /// In addition, the bucket's owner may read the object.
    case bucketOwnerRead = "bucket-owner-read"
    /// In addition, the bucket's owner has full control of the object.
    case bucketOwnerFullControl = "bucket-owner-full-control"
    /// In addition, the service that writes access logs may write and read the ACL.
    case logDeliveryWrite = "log-delivery-write"

    /// The account of Amazon EC2, which fetches bundles of machine images.
    private static let ec2 = "6aa5a366c34c1cbe25dc49211496e913e0351eb0e8c37aa3477e40942ec6b97c"
    /// The account of Amazon CloudFront, which writes its logs.
    ///
    /// Source: CloudFront Developer Guide, "Permissions required to configure standard logging".
    private static let cloudFrontLogs = "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0"

    /// The canonical ids of AWS's own accounts, which any ACL may name.
    static let awsAccounts: Set = [ec2, cloudFrontLogs]

    /// Returns the grants for a bucket. ACLs that refer to the bucket owner have no meaning for a bucket and are
    /// treated like `private`.
    public func grants(bucketOwner: String) -> [AccessControlList.Grant] {
        Self.full(bucketOwner) + further
    }

    /// Returns the grants for an object, given the canonical ids of its owner and of the bucket owner.
    public func grants(owner: String, bucketOwner: String) -> [AccessControlList.Grant] {
        guard owner != bucketOwner else { return Self.full(owner) + further }
        let grantee = AccessControlList.Grantee.user(canonicalID: bucketOwner)
        return switch self {
        case .bucketOwnerRead: Self.full(owner) + [AccessControlList.Grant(grantee, .read)]
        case .bucketOwnerFullControl: Self.full(owner) + [AccessControlList.Grant(grantee, .fullControl)]
        default: Self.full(owner) + further
        }
    }

    private static func full(_ owner: String) -> [AccessControlList.Grant] {
        AccessControlList.initial(owner: owner).grants
    }

    /// The grants in addition to those of the owners.
    private var further: [AccessControlList.Grant] {
        typealias Grant = AccessControlList.Grant
        return switch self {
        case .private, .bucketOwnerRead, .bucketOwnerFullControl: []
        case .publicRead: [Grant(.group(.allUsers), .read)]
        case .publicReadWrite: [Grant(.group(.allUsers), .read), Grant(.group(.allUsers), .write)]
        case .authenticatedRead: [Grant(.group(.authenticatedUsers), .read)]
        case .awsExecRead: [Grant(.user(canonicalID: Self.ec2), .read)]
        case .logDeliveryWrite: [Grant(.group(.logDelivery), .write), Grant(.group(.logDelivery), .readACP)]
        }
    }
}
