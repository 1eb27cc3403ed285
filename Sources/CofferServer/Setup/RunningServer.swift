import CofferHTTP
import CofferStorage

/// A server that is listening.
public struct RunningServer: Sendable {
    private let http: HTTPServer
    private let service: Service
    private let configuration: ServerConfiguration
    public let rootKeys: KeyPair
    /// All accounts at the start, the first one first, whose root has ``rootKeys``.
    public let accounts: [ServedAccount]
    /// Of the Datastore's user, if there is a Datastore.
    public let datastoreKeys: KeyPair?
    /// Whether some of the root's and the Datastore's keys were made at this start.
    public let madeKeys: Bool

    init(
        http: HTTPServer, service: Service, configuration: ServerConfiguration, rootKeys: KeyPair,
        accounts: [ServedAccount], datastoreKeys: KeyPair?, madeKeys: Bool
    ) {
        self.http = http
        self.service = service
        self.configuration = configuration
        self.rootKeys = rootKeys
        self.accounts = accounts
        self.datastoreKeys = datastoreKeys
        self.madeKeys = madeKeys
    }

    public var port: UInt16 { http.port }

    /// The URL for S3 clients.
    public var endpoint: String {
        "\(configuration.tls == nil ? "http" : "https")://\(configuration.urlHost):\(port)"
    }

    /// Where the data is.
    public var dataDirectory: String { service.store.path }

    // MARK: Changes while it runs

    /// Has connections that are opened from now on use the certificate and key that their files hold now. Those that are
    /// open are not touched.
    ///
    /// - Throws: ``ServerError`` if the files cannot be read or do not belong together; the former pair then stays.
    public func reloadCertificate() throws(ServerError) {
        if let identity = try configuration.tlsIdentity() { http.use(identity) }
    }

    /// Makes the accounts that are new, and takes the keys that are given for the roots of others, as a start would. An
    /// account that is configured no longer stays; its root has no keys then, unless they are in the data directory.
    ///
    /// - Returns: all accounts, the first one first.
    /// - Throws: ``ServerError`` that says what is wrong with them; the keys that are in use then stay.
    @discardableResult
    public func update(accounts configurations: [AccountConfiguration]) async throws(ServerError) -> [ServedAccount] {
        // Before anything is made for them.
        try configuration.check(configurations.compactMap(\.keys))
        let setup = AccountSetup(
            configurations: configurations, store: service.store, clock: configuration.clock, firstRoot: rootKeys)
        let accounts = try await setup.provision()
        try configuration.check(accounts.compactMap(\.rootKeys))
        try service.identities.replace(accounts: accounts)
        return accounts
    }

    /// Has callers send another token to read the metrics; nil answers those on this machine alone.
    public func update(metricsToken: MetricsToken?) { service.metricsAccess.use(metricsToken) }

    // MARK: Its end

    /// Stops listening, gives the requests under way some time to finish, and closes the store.
    ///
    /// - Returns: whether all of them finished and the store could be closed.
    @discardableResult
    public func stop(within seconds: Double = 10) async -> Bool {
        let isFinished = await http.stop(within: seconds)
        if !isFinished { configuration.log.warning("some requests did not finish in time and were cut off") }
        await service.identities.uses.save()
        do throws(StorageError) {
            try await service.store.close()
            return isFinished
        } catch {
            configuration.log.error("closing the store: \(error)")
            return false
        }
    }
}
