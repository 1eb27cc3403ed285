import CofferHTTP
import CofferStorage

/// A server that is listening.
public struct RunningServer: Sendable {
    private let http: HTTPServer
    private let store: ObjectStore
    private let identities: Identities
    private let configuration: ServerConfiguration
    public let rootKeys: KeyPair
    /// All accounts, the first one first, whose root has ``rootKeys``.
    public let accounts: [ServedAccount]
    /// Of the Datastore's user, if there is a Datastore.
    public let datastoreKeys: KeyPair?
    /// Whether some of the root's and the Datastore's keys were made at this start.
    public let madeKeys: Bool

    init(
        http: HTTPServer, store: ObjectStore, identities: Identities, configuration: ServerConfiguration,
        rootKeys: KeyPair, accounts: [ServedAccount], datastoreKeys: KeyPair?, madeKeys: Bool
    ) {
        self.http = http
        self.store = store
        self.identities = identities
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
    public var dataDirectory: String { store.path }

    /// Stops listening, gives the requests under way some time to finish, and closes the store.
    ///
    /// - Returns: whether all of them finished and the store could be closed.
    @discardableResult
    public func stop(within seconds: Double = 10) async -> Bool {
        let isFinished = await http.stop(within: seconds)
        if !isFinished { configuration.log.warning("some requests did not finish in time and were cut off") }
        await identities.uses.save()
        do throws(StorageError) {
            try await store.close()
            return isFinished
        } catch {
            configuration.log.error("closing the store: \(error)")
            return false
        }
    }
}
