import CofferAccess
import CofferHTTP
import CofferModel
import CofferService

/// The namespace in which a bucket is created: the one that all accounts share, or that of an account in a region,
/// where no other account can take a name, whoever used it before.
///
/// Source: S3 User Guide, "Namespaces for general purpose buckets".
enum BucketNamespace: String {
    case global
    case accountRegional = "account-regional"

    static let header = "x-amz-bucket-namespace"
    /// The suffix of all names in accounts' namespaces, and of no others.
    private static let suffix = "-an"

    /// - Throws: `InvalidArgument` for an unknown namespace.
    init(_ request: S3Request) throws(S3Error) {
        guard let text = request.headers[Self.header] else {
            self = .global
            return
        }
        guard let namespace = BucketNamespace(rawValue: text) else {
            throw .invalidArgument("Invalid \(Self.header) header: \(text)", name: Self.header, value: text)
        }
        self = namespace
    }

    /// - Throws: `InvalidBucketName` for a name that belongs to the other namespace, or to another account or region.
    func check(_ name: BucketName, account: Account, region: String) throws(S3Error) {
        let text = name.description
        let end = "-\(account.id)-\(region)\(Self.suffix)"
        let fits =
            switch self {
            case .global: !text.hasSuffix(Self.suffix)
            case .accountRegional: text.hasSuffix(end) && text.utf8.count > end.utf8.count
            }
        guard fits else { throw S3Error(.invalidBucketName, details: [("BucketName", text)]) }
    }
}
