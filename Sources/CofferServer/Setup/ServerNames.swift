import CofferService
import CofferSigning
import Synchronization

/// The hosts by which clients may call the server: the configured ones, and those of its listening address.
final class ServerNames: Sendable {
    private let aliases: [String]
    private let others: [String]
    private let addressing: Addressing
    /// Set once the server listens.
    private let port = Mutex<UInt16?>(nil)

    init(_ configuration: ServerConfiguration, addressing: Addressing) {
        aliases = configuration.hostAliases
        others = configuration.domains + [configuration.urlHost, "localhost", "127.0.0.1"]
        self.addressing = addressing
    }

    func listens(on port: UInt16) { self.port.withLock { $0 = port } }

    /// Returns the configured aliases that mean the same bucket, or the same endpoint, as the request's host. With any
    /// other alias, the path would name a different object.
    func aliases(of request: SignableRequest) -> [String] {
        let names = request.hostBucket.map { bucket in aliases.map { "\(bucket).\($0)" } } ?? aliases
        return names.filter { addressing.bucket(host: $0) == request.hostBucket }
    }

    /// Every name, with and without the port.
    var all: [String] {
        let names = aliases + others
        return names + (port.withLock { $0 }.map { port in names.map { "\($0):\(port)" } } ?? [])
    }
}
