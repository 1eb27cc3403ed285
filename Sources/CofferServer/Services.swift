import CofferIAM
import CofferModel
import CofferS3
import CofferService
import CofferSigning
import CofferStorage

/// What requests depend on, made from the configuration once when the server starts.
struct Services: Sendable {
    let context: ServiceContext
    let iam: IAMService
    let s3: Service
    let names: ServerNames
    let metricsAccess: MetricsAccess

    init(_ configuration: ServerConfiguration, store: ObjectStore, identities: Identities) {
        let addressing = Addressing(
            domains: configuration.domains + configuration.hostAliases,
            bucketHosts: configuration.bucketsWithHosts)
        let context = ServiceContext(
            clock: configuration.clock, log: configuration.log, addressing: addressing,
            proxies: TrustedProxies(configuration.trustedProxies), region: configuration.region)
        let buckets = BucketCache(store: store, log: configuration.log)
        let names = ServerNames(configuration, addressing: addressing)
        let verifier = SignatureVerifier(
            requiredRegion: configuration.isRegionStrict ? configuration.region : nil,
            acceptsV2: configuration.acceptsSignatureV2, routingParameters: Router.parameters,
            now: { configuration.clock.time },
            otherHosts: { names.aliases(of: $0) },
            diagnostics: SignatureDiagnostics(hosts: { names.all }, regions: Self.regions(configuration, buckets)),
            session: { accessKeyID, token throws(S3Error) in
                try identities.secret(of: accessKeyID, sessionToken: token)
            },
            secret: { identities.secret(of: $0) })
        self.context = context
        self.names = names
        iam = IAMService(context, identities: identities, verifier: verifier)
        s3 = Service(iam, store: store, buckets: buckets, options: S3Options(configuration))
        metricsAccess = MetricsAccess(configuration)
    }

    /// Returns a function that returns the server's region, and the region of the bucket that a request is about.
    private static func regions(
        _ configuration: ServerConfiguration, _ buckets: BucketCache
    ) -> @Sendable (String) -> [String] {
        { name in
            // The bucket was looked up before the signature is verified, if it exists.
            let state = (try? BucketName(name)).flatMap { buckets.known($0) }
            return [configuration.region] + [state?.bucket.region].compactMap(\.self)
        }
    }
}

extension S3Options {
    fileprivate init(_ configuration: ServerConfiguration) {
        self.init()
        masterKey = configuration.masterKey?.bytes
        isRegionStrict = configuration.isRegionStrict
        disablesACLs = configuration.acls == .disabled
        blocksCustomerKeys = configuration.customerKeys == .blocked
        sharesETags = configuration.copyETag == .shared
        keepAliveSeconds = configuration.keepAliveSeconds
    }
}
