import CofferModel

/// Where a request contains the bucket's name.
///
/// Source: S3 User Guide, "Virtual hosting of general purpose buckets".
public enum AddressingStyle: String, Sendable {
    /// In the host for Amazon's own endpoints if a certificate can match it, otherwise in the path.
    case automatic
    /// `https://host/bucket/key`.
    case path
    /// `https://bucket.host/key`.
    case virtualHost

    func putsInHost(_ bucket: BucketName, _ endpoint: Endpoint) -> Bool {
        switch self {
        case .path: false
        case .virtualHost: true
        case .automatic:
            endpoint.isAmazon && !(endpoint.isSecure && bucket.description.utf8.contains(UInt8(ascii: ".")))
        }
    }
}
