package import CofferHTTP
public import CofferIAM
import CofferS3
public import CofferService
import CofferStorage

/// A server that is listening.
public struct RunningServer: Sendable {
    private let http: HTTPServer
    private let services: Services
    private let configuration: ServerConfiguration
    /// The keys of the first account's root, who may do everything in it.
    public let rootKeys: KeyPair
    /// All accounts at the start, beginning with the first, whose root has ``rootKeys``.
    public let accounts: [ServedAccount]
    /// The keys of the Datastore's user, if there is a Datastore.
    public let datastoreKeys: KeyPair?
    /// Whether any of the root's and the Datastore's keys were created at this start.
    public let madeKeys: Bool

    init(
        http: HTTPServer, services: Services, configuration: ServerConfiguration, rootKeys: KeyPair,
        accounts: [ServedAccount], datastoreKeys: KeyPair?, madeKeys: Bool
    ) {
        self.http = http
        self.services = services
        self.configuration = configuration
        self.rootKeys = rootKeys
        self.accounts = accounts
        self.datastoreKeys = datastoreKeys
        self.madeKeys = madeKeys
    }

    /// The port that the server listens on.
    public var port: UInt16 { http.port }

    /// The URL for S3 clients.
    public var endpoint: String {
        "\(configuration.tls == nil ? "http" : "https")://\(configuration.urlHost):\(port)"
    }

    /// The path of the data directory.
    public var dataDirectory: String { services.s3.store.path }

    /// Handles requests without a connection, as those that arrive at the port.
    package var handler: any HTTPHandler { S3Handler(services, openConnections: { http.openConnections }) }

    // MARK: Changes at run time

    /// Reads the certificate and key from their files again, for use on new connections. Open connections are not
    /// affected.
    ///
    /// - Throws: `ServerError` if the files cannot be read or do not belong together; the previous pair then stays in
    ///   use.
    public func reloadCertificate() throws(ServerError) {
        if let identity = try configuration.tlsIdentity() { http.use(identity) }
    }

    /// Creates new accounts and replaces the root keys of existing ones, as a start would. An account that is no longer
    /// configured remains, but its root then has no keys unless they are in the data directory.
    ///
    /// - Returns: all accounts, starting with the first.
    /// - Throws: `ServerError` that describes the fault; the keys in use then stay.
    @discardableResult
    public func update(accounts configurations: [AccountConfiguration]) async throws(ServerError) -> [ServedAccount] {
        // Check before creating anything for them.
        try configuration.check(configurations.compactMap(\.keys))
        let setup = AccountSetup(
            configurations: configurations, store: services.s3.store, clock: configuration.clock, firstRoot: rootKeys)
        let accounts = try await setup.provision()
        try configuration.check(accounts.compactMap(\.rootKeys))
        try await services.iam.identities.replace(accounts: accounts)
        return accounts
    }

    /// Replaces the token that callers must send to read the metrics; nil restricts the metrics to callers on this
    /// machine.
    public func update(metricsToken: MetricsToken?) { services.metricsAccess.use(metricsToken) }

    // MARK: Shutdown

    /// Stops listening, gives the requests in progress some time to finish, and closes the store.
    ///
    /// - Returns: whether all of them finished and the store could be closed.
    @discardableResult
    public func stop(within seconds: Double = 10) async -> Bool {
        defer { configuration.log.flush() }
        let isFinished = await http.stop(within: seconds)
        if !isFinished { configuration.log.warning("some requests did not finish in time and were cut off") }
        do throws(StorageError) {
            _ = try await services.iam.identities.uses.step(from: nil)
        } catch {
            configuration.log.warning("the last uses of access keys were not stored: \(error)")
        }
        do throws(StorageError) {
            try await services.s3.store.close()
            return isFinished
        } catch {
            configuration.log.error("the store was not closed cleanly: \(error)")
            return false
        }
    }
}
