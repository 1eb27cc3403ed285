/// A set of grants that has a name, as the header `x-amz-acl` gives it.
///
/// Source: S3 User Guide, "Access control list (ACL) overview", "Canned ACL".
public enum CannedACL: String, Sendable, CaseIterable {
    case `private`
    case publicRead = "public-read"
    case publicReadWrite = "public-read-write"
    case authenticatedRead = "authenticated-read"
    case awsExecRead = "aws-exec-read"
    case bucketOwnerRead = "bucket-owner-read"
    case bucketOwnerFullControl = "bucket-owner-full-control"
    case logDeliveryWrite = "log-delivery-write"

    /// Of Amazon EC2, which fetches bundles of machine images.
    private static let ec2 = "6aa5a366c34c1cbe25dc49211496e913e0351eb0e8c37aa3477e40942ec6b97c"
    /// Of Amazon CloudFront, which writes its logs.
    ///
    /// Source: CloudFront Developer Guide, "Permissions required to configure standard logging".
    private static let cloudFrontLogs = "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0"

    /// Canonical ids of AWS's own, which ACLs may name everywhere.
    static let awsAccounts: Set = [ec2, cloudFrontLogs]

    /// The grants to a bucket. Those ACLs that speak of the bucket's owner mean nothing there, and are as `private`.
    public func grants(bucketOwner: String) -> [AccessControlList.Grant] {
        Self.full(bucketOwner) + further
    }

    /// The grants to an object, to its owner and the bucket's by their canonical ids.
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

    /// What is granted besides the owners' own.
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
