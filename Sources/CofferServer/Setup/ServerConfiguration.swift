package import CofferAccess
import CofferCrypto
import CofferModel
public import CofferSystem

/// How a server is set up. The defaults are those of `coffer serve`.
public struct ServerConfiguration: Sendable {
    /// The IPv4 or IPv6 address to listen on.
    public var address = "127.0.0.1"
    /// 0 takes any free port.
    public var port: UInt16 = 9000
    /// Where everything is kept; nil keeps it in a temporary directory until the server stops.
    public var dataDirectory: String?
    public var durability = Durability.full
    /// The region of buckets that are made without one.
    public var region = "us-east-1"
    /// Refuses signatures for other regions; otherwise one endpoint serves them all.
    public var isRegionStrict = false
    /// Takes Signature Version 2, which the Datastore's clients and boto3's presigned URLs use, beside Version 4.
    public var acceptsSignatureV2 = true
    /// Names below which buckets are found in the `Host` header; `localhost` is always one.
    public var domains: [String] = []
    /// Buckets that a `Host` of their name means. The Datastore's is one where its name has a dot.
    public var bucketHosts: [String] = []
    /// Further hosts, with their ports if clients call them by such, for which signatures are valid whatever the `Host`
    /// they arrive with: what clients call a proxy before the server.
    public var hostAliases: [String] = []
    /// Proxies that are believed what `X-Forwarded-For`, `-Proto` and `-Host` say.
    public var trustedProxies: [AddressRange] = []
    /// A certificate chain and its private key, as PEM files.
    public var tls: (certificateFile: String, keyFile: String)?
    /// The root's key pair; nil keeps the one in the data directory, or makes one.
    public var rootKeys: KeyPair?
    /// Accounts besides the first one, which is always there.
    public var accounts: [AccountConfiguration] = []
    /// Buckets to have ready, beside the Datastore's.
    public var buckets: [BucketConfiguration] = []
    /// The Datastore to have ready; nil for none.
    public var datastore: DatastoreConfiguration?
    /// Under this key the keys of all objects are wrapped that the server encrypts; nil encrypts only objects for which
    /// customers send keys of their own.
    public var masterKey: MasterKey?
    /// Whether ACLs have an effect in new buckets. Disabled, these are as AWS makes them since 2023: the bucket's owner
    /// owns everything in them, and all public access is blocked.
    public var acls = ACLs.enabled
    /// Takes keys that are well known or short beyond this machine as well, for development; the log warns of each.
    public var allowsWellKnownKeys = false
    /// Free space of the disk in bytes below which no objects are taken; nil for 96 MiB, and an eighth of a small disk.
    public var reserveByteCount: Int64?
    /// Whether new buckets take objects that are encrypted with their customers' keys (SSE-C). Blocked, these are as AWS
    /// makes them since 2026, until PutBucketEncryption allows them.
    public var customerKeys = CustomerKeys.allowed
    /// What callers must send to read the metrics; nil answers those on this machine alone.
    public var metricsToken: MetricsToken?
    /// What ETag a copy has of an object that was uploaded in parts.
    public var copyETag = CopyETag.computed
    public var log = Log(level: .info, format: .text)
    /// The clock of the service, which tests may set.
    public var clock = ServiceClock.system

    /// How long an operation that may take long is awaited before its answer begins with 200 and white space.
    package var keepAliveSeconds = 10.0

    public init() {}

    public enum Durability: String, Sendable, CaseIterable {
        /// A request is answered when what it changed survives a loss of power.
        case full
        /// Nothing waits for the disk.
        case relaxed
    }

    public enum CopyETag: String, Sendable, CaseIterable {
        /// The MD5 of its bytes, which are read, as AWS gives it; its checksum is of the full object, too.
        case computed
        /// That of its source, with its parts and checksum: nothing is read.
        case shared
    }

    public enum ACLs: String, Sendable, CaseIterable {
        case enabled, disabled
    }

    public enum CustomerKeys: String, Sendable, CaseIterable {
        case allowed, blocked
    }

    /// The address as it stands in a URL.
    var urlHost: String { address.contains(":") ? "[\(address)]" : address }

    /// A name without a dot may be that of the machine in its own network, which clients call in path style.
    var bucketsWithHosts: Set<String> {
        Set(bucketHosts + [datastore?.bucket].compactMap(\.self).filter { $0.contains(".") })
    }

    /// - Throws: ``ServerError`` for a host of ``bucketHosts`` that cannot be a bucket's, or that means something else.
    func checkBucketHosts() throws(ServerError) {
        let domains = (domains + hostAliases + ["localhost"]).map(Addressing.name)
        for name in bucketHosts {
            // The error names the rules, whichever is broken.
            guard (try? BucketName(name)) != nil else { throw .invalidBucketName(name) }
            guard !domains.contains(name) else {
                throw ServerError("'\(name)' cannot be both a bucket's host and the name of the server itself")
            }
        }
    }

    /// - Throws: ``ServerError`` for keys that could be guessed where others than this machine's callers may try, unless that
    ///   is allowed.
    func check(_ keys: [KeyPair]) throws(ServerError) {
        for pair in keys where pair.isWellKnown && !isLoopback {
            let risk = "the key \(pair.accessKeyID) is well known or short, and \(address) can be reached from outside"
            guard allowsWellKnownKeys else {
                throw ServerError(
                    "\(risk): give a secret of at least 12 characters of your own, or listen on 127.0.0.1; for development "
                        + "--allow-well-known-keys (or COFFER_ALLOW_WELL_KNOWN_KEYS=1) takes it all the same")
            }
            log.warning(
                "\(risk): whoever guesses it may do what it may; --allow-well-known-keys is for development alone")
        }
    }

    /// Whether nothing but this machine can reach the address.
    var isLoopback: Bool { address.hasPrefix("127.") || address == "::1" }
}

extension Account {
    /// - Parameter id: twelve digits, from which the canonical id follows.
    package init(id: String) { self.init(id: id, canonicalID: hex(Digest.of(Array(id.utf8), .sha256))) }
}

/// The Datastore: a bucket that anyone may read, that browsers may use, and a user who may do everything.
public struct DatastoreConfiguration: Sendable {
    public var bucket: String
    /// The user's key pair; nil keeps the one in the data directory, or makes one.
    public var keys: KeyPair?
    /// Directories to publish, each with the prefix that its files' keys begin with.
    public var packages: [(directory: String, prefix: String)] = []

    public init(bucket: String) { self.bucket = bucket }
}

/// Why a server cannot start, as a sentence for its operator that says what to do.
public struct ServerError: Error, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }

    static func invalidBucketName(_ name: String) -> ServerError {
        ServerError("'\(name)' is not a valid bucket name: 3–63 lowercase letters, digits, dots, hyphens")
    }
}
