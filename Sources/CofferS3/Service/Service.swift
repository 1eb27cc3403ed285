import CofferAccess
import CofferCrypto
package import CofferIAM
import CofferModel
package import CofferService
package import CofferStorage

/// The dependencies that requests to S3 share, created once when the server starts.
package final class Service: Sendable {
    package let context: ServiceContext
    /// Those shared with IAM and STS: whoever may ask for what.
    package let iam: IAMService
    package let store: ObjectStore
    package let buckets: BucketCache
    let keyring: Keyring
    /// Whether requests must be signed for the region of their bucket.
    let isRegionStrict: Bool
    /// Whether ACLs have no effect in new buckets, and public access to them is blocked.
    let disablesACLs: Bool
    /// The encryption configuration of new buckets; nil for none.
    let initialEncryption: EncryptionConfiguration?
    /// Whether a copy has the ETag of its source, with its parts and checksum.
    let sharesETags: Bool
    let keepAliveSeconds: Double
    /// 64 MiB for all request documents that are being received.
    let documents = DocumentBudget(byteLimit: 64 << 20)
    let renameTokens = RenameTokens()
    /// Hashes the long bodies of all requests.
    let md5Pool = MD5Pool()

    package init(_ iam: IAMService, store: ObjectStore, buckets: BucketCache, options: S3Options) {
        context = iam.context
        self.iam = iam
        self.store = store
        self.buckets = buckets
        keyring = Keyring(masterKey: options.masterKey)
        isRegionStrict = options.isRegionStrict
        disablesACLs = options.disablesACLs
        initialEncryption = options.blocksCustomerKeys ? .withoutCustomerKeys : nil
        sharesETags = options.sharesETags
        keepAliveSeconds = options.keepAliveSeconds
    }
}

/// The operator's choices about S3.
package struct S3Options: Sendable {
    /// 32 bytes; nil encrypts only objects for which customers send their own keys.
    package var masterKey: [UInt8]?
    /// Whether requests must be signed for the region of their bucket.
    package var isRegionStrict = false
    /// Whether ACLs have no effect in new buckets, and public access to them is blocked.
    package var disablesACLs = false
    /// Whether new buckets refuse objects that are encrypted with customers' keys (SSE-C).
    package var blocksCustomerKeys = false
    /// Whether a copy has the ETag of its source, with its parts and checksum.
    package var sharesETags = false
    /// How long to wait for a potentially slow operation before its response begins with status 200 and white space.
    package var keepAliveSeconds = 10.0

    package init() {}
}
