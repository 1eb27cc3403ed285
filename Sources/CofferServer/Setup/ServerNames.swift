import CofferSigning
import Synchronization

/// The hosts by which clients may call the server: those that are declared, and where it listens.
final class ServerNames: Sendable {
    private let aliases: [String]
    private let others: [String]
    private let addressing: Addressing
    /// Known once the server listens.
    private let port = Mutex<UInt16?>(nil)

    init(_ configuration: ServerConfiguration, addressing: Addressing) {
        aliases = configuration.hostAliases
        others = configuration.domains + [configuration.urlHost, "localhost", "127.0.0.1"]
        self.addressing = addressing
    }

    func listens(on port: UInt16) { self.port.withLock { $0 = port } }

    /// The declared aliases that mean the same bucket, or the same endpoint, as the host that a request came with. One
    /// that means another would make the path another object's.
    func aliases(of request: SignableRequest) -> [String] {
        let names = request.hostBucket.map { bucket in aliases.map { "\(bucket).\($0)" } } ?? aliases
        return names.filter { addressing.bucket(host: $0) == request.hostBucket }
    }

    /// Every name there is, with the port and without.
    var all: [String] {
        let names = aliases + others
        return names + (port.withLock { $0 }.map { port in names.map { "\($0):\(port)" } } ?? [])
    }
}
