import CofferAccess
import CofferModel
import CofferSigning
import CofferStorage
import CofferSystem

/// The dependencies that requests share, created once when the server starts.
final class Service: Sendable {
    let store: ObjectStore
    /// The only source of the current time.
    let clock: ServiceClock
    let buckets: BucketCache
    let keyring: Keyring
    let identities: Identities
    let verifier: SignatureVerifier
    let addressing: Addressing
    let names: ServerNames
    let proxies: TrustedProxies
    /// The region of buckets that are created without one.
    let region: String
    /// Whether requests must be signed for the region of their bucket.
    let isRegionStrict: Bool
    /// Whether ACLs have an effect in new buckets.
    let acls: ServerConfiguration.ACLs
    /// The encryption configuration of new buckets; nil for none.
    let initialEncryption: EncryptionConfiguration?
    let copyETag: ServerConfiguration.CopyETag
    let keepAliveSeconds: Double
    /// 64 MiB for all request documents that are being received.
    let documents = DocumentBudget(byteLimit: 64 << 20)
    /// 16 MiB for the forms of IAM and STS, separate from S3's documents: their sender is known only when they are
    /// complete.
    let queries = DocumentBudget(byteLimit: 16 << 20)
    let renameTokens = RenameTokens()
    let metrics: Metrics
    let metricsAccess: MetricsAccess
    let log: Log

    init(_ configuration: ServerConfiguration, store: ObjectStore, identities: Identities, log: Log) {
        self.store = store
        clock = configuration.clock
        keyring = Keyring(masterKey: configuration.masterKey?.bytes)
        self.identities = identities
        self.log = log
        region = configuration.region
        isRegionStrict = configuration.isRegionStrict
        acls = configuration.acls
        initialEncryption = configuration.customerKeys == .blocked ? .withoutCustomerKeys : nil
        copyETag = configuration.copyETag
        keepAliveSeconds = configuration.keepAliveSeconds
        metrics = Metrics()
        metricsAccess = MetricsAccess(configuration)
        let buckets = BucketCache(store: store, log: log)
        self.buckets = buckets
        proxies = TrustedProxies(configuration.trustedProxies)
        let addressing = Addressing(
            domains: configuration.domains + configuration.hostAliases,
            bucketHosts: configuration.bucketsWithHosts)
        self.addressing = addressing
        let names = ServerNames(configuration, addressing: addressing)
        self.names = names
        verifier = SignatureVerifier(
            requiredRegion: configuration.isRegionStrict ? configuration.region : nil,
            acceptsV2: configuration.acceptsSignatureV2, routingParameters: Router.parameters,
            now: { configuration.clock.time },
            otherHosts: { names.aliases(of: $0) },
            diagnostics: SignatureDiagnostics(hosts: { names.all }, regions: Self.regions(configuration, buckets)),
            session: { accessKeyID, token throws(S3Error) in
                try identities.secret(of: accessKeyID, sessionToken: token)
            },
            secret: { identities.secret(of: $0) })
    }

    /// Returns a function that returns the server's region, and the region of the bucket that a request is about.
    private static func regions(
        _ configuration: ServerConfiguration, _ buckets: BucketCache
    ) -> @Sendable (String) -> [String] {
        { name in
            // If the bucket cannot be looked up, only the server's region remains.
            let state = try? buckets.state(of: BucketName(name))
            return [configuration.region] + [state?.bucket.region].compactMap(\.self)
        }
    }
}
