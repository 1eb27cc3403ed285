import CofferAccess
import CofferHTTP
import CofferIAM
import CofferModel
import CofferS3
import CofferService
import CofferStorage
import CofferSystem
import Glibc
import Synchronization

/// An S3 server within a process: what `coffer serve` runs, and what a test or an app may start for itself.
///
/// ```swift
/// var configuration = ServerConfiguration()
/// configuration.port = 0
/// let server = try await CofferServer(configuration).start()
/// print(server.endpoint, server.rootKeys.accessKeyID)
/// await server.stop()
/// ```
public struct CofferServer: Sendable {
    private let configuration: ServerConfiguration

    /// Creates a server that does nothing until it is started.
    public init(_ configuration: ServerConfiguration) {
        var configuration = configuration
        configuration.log.clock = configuration.clock
        self.configuration = configuration
    }

    /// Opens the data directory, sets up what the configuration asks for, and listens.
    ///
    /// - Throws: `ServerError` with a sentence that says what to do; also if the task is cancelled during the start.
    public func start() async throws(ServerError) -> RunningServer {
        let store = try await openStore()
        do throws(ServerError) {
            return try await start(on: store)
        } catch {
            // The first error is reported; a temporary directory that is left behind matters less.
            try? await store.close()
            throw error
        }
    }

    /// Starts the server on a store that is open.
    func start(on store: ObjectStore) async throws(ServerError) -> RunningServer {
        try configuration.checkBucketHosts()
        try await MasterKey.check(configuration.masterKey, store)
        let root = try keys(
            configuration.rootKeys, file: "root.env", names: ("COFFER_ACCESS_KEY", "COFFER_SECRET_KEY"), store)
        let datastoreKeys = try configuration.datastore.map { datastore throws(ServerError) in
            try keys(
                datastore.keys, file: "datastore.env", names: ("OS_ACCESS_KEY_ID", "OS_SECRET_ACCESS_KEY"), store)
        }
        let accounts = try await AccountSetup(
            configurations: configuration.accounts, store: store, clock: configuration.clock, firstRoot: root.pair
        ).provision()
        try configuration.check(accounts.compactMap(\.rootKeys) + [datastoreKeys?.pair].compactMap(\.self))
        if let datastore = configuration.datastore, let pair = datastoreKeys?.pair {
            guard !accounts.contains(where: { $0.rootKeys?.accessKeyID == pair.accessKeyID }) else {
                throw ServerError("a root and the Datastore's user have the same access key: give each its own")
            }
            let account = Account(id: IAMAccount.firstID)
            try await Datastore(
                datastore, keys: pair, account: account, region: configuration.region, clock: configuration.clock
            ).provision(store)
        }
        try await makeBuckets(store)
        let identities = try await Identities(accounts, store: store, clock: configuration.clock)
        for fault in identities.faults { configuration.log.warning(fault) }
        try await translated { () async throws(StorageError) in try await store.jobs.start(identities.uses) }
        let services = Services(configuration, store: store, identities: identities)
        if !configuration.isLoopback, configuration.tls == nil {
            configuration.log.warning(
                "\(configuration.address) can be reached from outside and serves plain HTTP: signatures protect the "
                    + "secret keys and the requests, but anyone on the network can read the data; give a TLS "
                    + "certificate with --tls-certificate and --tls-key")
        }
        guard !Task.isCancelled else { throw ServerError("the start was cancelled") }
        let http = try listen(services)
        return RunningServer(
            http: http, services: services, configuration: configuration, rootKeys: root.pair, accounts: accounts,
            datastoreKeys: datastoreKeys?.pair, madeKeys: root.isNew || datastoreKeys?.isNew == true)
    }

    // MARK: Steps

    private func openStore() async throws(ServerError) -> ObjectStore {
        let log = configuration.log
        return try await translated { () async throws(StorageError) in
            try await ObjectStore(
                path: configuration.dataDirectory,
                durability: configuration.durability == .full ? .full : .relaxed,
                reserveByteCount: configuration.reserveByteCount, clock: configuration.clock,
                onFault: { log.error("background work failed: \(S3Error(storage: $0).cause ?? "\($0)")") },
                onNotice: { log.warning($0) })
        }
    }

    private func makeBuckets(_ store: ObjectStore) async throws(ServerError) {
        let setup = InitialBuckets(
            buckets: configuration.buckets, account: Account(id: IAMAccount.firstID), region: configuration.region,
            acls: configuration.acls)
        for name in try await setup.provision(store) { configuration.log.info("created the bucket \(name)") }
    }

    /// Returns the given keys, otherwise those in the data directory, otherwise new ones, which are written there.
    private func keys(
        _ given: KeyPair?, file: String, names: (id: String, secret: String), _ store: ObjectStore
    ) throws(ServerError) -> (pair: KeyPair, isNew: Bool) {
        if let given { return (given, false) }
        let file = KeyFile(path: "\(store.path)/\(file)", idName: names.id, secretName: names.secret)
        if let pair = try file.read() { return (pair, false) }
        let pair = KeyPair.generate()
        try file.write(pair)
        return (pair, true)
    }

    private func listen(_ services: Services) throws(ServerError) -> HTTPServer {
        let tls = try configuration.tlsIdentity()
        let counter = ConnectionCounter()
        let handler = S3Handler(services, openConnections: { counter.count })
        do throws(HTTPServerError) {
            let server = try HTTPServer(
                address: configuration.address, port: configuration.port, tls: tls, limits: Self.limits(),
                threads: max(2, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))), handler: handler)
            counter.watch(server)
            services.names.listens(on: server.port)
            return server
        } catch {
            throw ServerError(error.description)
        }
    }

    private static func limits() -> HTTPLimits {
        HTTPLimits(descriptors: descriptorLimit - StorageLimits.openSegments(descriptors: descriptorLimit))
    }
}

/// Counts the connections for the metrics. The server whose connections it counts is created after the handler that
/// serves the metrics.
private final class ConnectionCounter: Sendable {
    private let server = Mutex(Reference())

    private struct Reference {
        weak var server: HTTPServer?
    }

    var count: Int { server.withLock { $0.server }?.openConnections ?? 0 }

    func watch(_ server: HTTPServer) { self.server.withLock { $0.server = server } }
}
