import CofferAccess
import CofferCrypto
import CofferIAM
import CofferModel
import CofferService
public import CofferSystem

/// The configuration of a server. The defaults are those of `coffer serve`.
public struct ServerConfiguration: Sendable {
    /// The IPv4 or IPv6 address to listen on.
    public var address = "127.0.0.1"
    /// The port to listen on; 0 selects any free port.
    public var port: UInt16 = 9000
    /// Where all data is stored; nil uses a temporary directory, which is deleted when the server stops.
    public var dataDirectory: String?
    /// When a request is answered: once its changes are safe, or earlier.
    public var durability = Durability.full
    /// The region of buckets that are created without one.
    public var region = "us-east-1"
    /// Whether to refuse signatures for other regions; otherwise one endpoint accepts all regions.
    public var isRegionStrict = false
    /// Whether to accept Signature Version 2, which the Datastore's clients and boto3's presigned URLs use, in addition
    /// to Version 4.
    public var acceptsSignatureV2 = true
    /// Domains whose subdomains name buckets in the `Host` header; `localhost` is always one.
    public var domains: [String] = []
    /// Buckets that are addressed by a `Host` equal to their name. The Datastore's bucket is one if its name has a dot.
    public var bucketHosts: [String] = []
    /// Additional hosts for which signatures are valid, whatever the `Host` with which a request arrives: the names by
    /// which clients call a proxy in front of the server, including the port if clients use one.
    public var hostAliases: [String] = []
    /// Proxies whose `X-Forwarded-For`, `-Proto` and `-Host` headers are trusted.
    public var trustedProxies: [AddressRange] = []
    /// A certificate chain and its private key, as PEM files.
    public var tls: (certificateFile: String, keyFile: String)?
    /// The root's key pair; nil keeps the one in the data directory, or creates one.
    public var rootKeys: KeyPair?
    /// Accounts besides the first one, which always exists.
    public var accounts: [AccountConfiguration] = []
    /// Buckets to create, besides the Datastore's.
    public var buckets: [BucketConfiguration] = []
    /// The Datastore to set up; nil for none.
    public var datastore: DatastoreConfiguration?
    /// The key that wraps the keys of all objects that the server encrypts; nil encrypts only objects for which
    /// customers send their own keys.
    public var masterKey: MasterKey?
    /// Whether ACLs have an effect in new buckets. If disabled, new buckets are as AWS has created them since 2023: the
    /// bucket's owner owns everything in them, and all public access is blocked.
    public var acls = ACLs.enabled
    /// Whether to accept well-known or short keys even if the server can be reached from other machines. This is for
    /// development; the log warns of each such key.
    public var allowsWellKnownKeys = false
    /// Free disk space in bytes below which no objects are accepted; nil for 96 MiB, but at most an eighth of the disk.
    public var reserveByteCount: Int64?
    /// Whether new buckets accept objects that are encrypted with customers' keys (SSE-C). If blocked, new buckets are
    /// as AWS has created them since 2026, until PutBucketEncryption allows SSE-C.
    public var customerKeys = CustomerKeys.allowed
    /// The token that callers must send to read the metrics; nil restricts the metrics to callers on this machine.
    public var metricsToken: MetricsToken?
    /// The ETag of a copy of an object that was uploaded in parts.
    public var copyETag = CopyETag.computed
    /// Where and how much the server logs.
    public var log = Log(level: .info, format: .text)
    /// The clock of the service, which tests may replace.
    public var clock = ServiceClock.system

    /// How long to wait for a potentially slow operation before its response begins with status 200 and white space.
    package var keepAliveSeconds = 10.0

    /// Creates the default configuration.
    public init() {}

    /// What survives a power failure.
    public enum Durability: String, Sendable, CaseIterable {
        /// A request is answered once its changes would survive a power failure.
        case full
        /// No request waits for the disk.
        case relaxed
    }

    /// How the ETag of a copy is determined.
    public enum CopyETag: String, Sendable, CaseIterable {
        /// The MD5 of the copy's bytes, which must be read, as on AWS. The checksum is also of the full object.
        case computed
        /// The source's ETag, with its parts and checksum. Nothing is read.
        case shared
    }

    /// Whether ACLs have an effect.
    public enum ACLs: String, Sendable, CaseIterable {
        /// New buckets have ACLs, which are private at first.
        case enabled
        /// New buckets have no ACLs, and all public access to them is blocked.
        case disabled
    }

    /// Whether customer-provided keys are accepted.
    public enum CustomerKeys: String, Sendable, CaseIterable {
        /// New buckets accept SSE-C.
        case allowed
        /// New buckets refuse SSE-C.
        case blocked
    }

    /// The address as it appears in a URL.
    var urlHost: String { address.contains(":") ? "[\(address)]" : address }

    /// The buckets that have a host of their own. The Datastore's is one only if its name has a dot: a name without one
    /// may be the machine's name in the local network, which clients call in path style.
    var bucketsWithHosts: Set<String> {
        Set(bucketHosts + [datastore?.bucket].compactMap(\.self).filter { $0.contains(".") })
    }

    /// - Throws: ``ServerError`` for a host in ``bucketHosts`` that is not a valid bucket name, or that already has
    ///   another meaning.
    func checkBucketHosts() throws(ServerError) {
        let domains = (domains + hostAliases + ["localhost"]).map(Addressing.name)
        for name in bucketHosts {
            // The error lists all the rules, whichever is broken.
            guard (try? BucketName(name)) != nil else { throw .invalidBucketName(name) }
            guard !domains.contains(name) else {
                throw ServerError("'\(name)' cannot be both the host of a bucket and a name of the server: choose one")
            }
        }
    }

    /// - Throws: ``ServerError`` for keys that could be guessed if the server can be reached from other machines,
    ///   unless the configuration allows them.
    func check(_ keys: [KeyPair]) throws(ServerError) {
        for pair in keys where pair.isWellKnown && !isLoopback {
            let risk = "the key \(pair.accessKeyID) is well known or short, and \(address) can be reached from outside"
            guard allowsWellKnownKeys else {
                throw ServerError(
                    "\(risk): choose a secret of at least 12 characters, or listen on 127.0.0.1; for development only, "
                        + "--allow-well-known-keys (or COFFER_ALLOW_WELL_KNOWN_KEYS=1) accepts it")
            }
            log.warning(
                "\(risk): anyone who guesses it has all its rights; --allow-well-known-keys is for development only")
        }
    }

    /// Whether the address can be reached only from this machine.
    var isLoopback: Bool { address.hasPrefix("127.") || address == "::1" }
}

/// The Datastore: a bucket that anyone may read and browsers may use, and a user who may do everything.
public struct DatastoreConfiguration: Sendable {
    /// The name of the bucket.
    public var bucket: String
    /// The user's key pair; nil keeps the one in the data directory, or creates one.
    public var keys: KeyPair?

    /// Creates a Datastore whose user's keys are kept or created.
    public init(bucket: String) { self.bucket = bucket }
}

extension ServerError {
    static func invalidBucketName(_ name: String) -> ServerError {
        ServerError("'\(name)' is not a valid bucket name: 3–63 lowercase letters, digits, dots, hyphens")
    }
}
