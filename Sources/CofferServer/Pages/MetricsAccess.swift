import CofferAccess
import CofferCrypto
import CofferHTTP
import CofferIAM
import CofferModel
import CofferService
import Synchronization

/// Decides who may read the metrics, which reveal how much is stored and requested: callers with the token, if one is
/// configured; otherwise callers on this machine.
final class MetricsAccess: Sendable {
    private let token: Mutex<MetricsToken?>
    private let proxies: TrustedProxies
    /// Whether clients reach the server through a proxy, which may run on this machine and send no information about
    /// its clients.
    private let isBehindProxy: Bool

    init(_ configuration: ServerConfiguration) {
        token = Mutex(configuration.metricsToken)
        proxies = TrustedProxies(configuration.trustedProxies)
        isBehindProxy = !configuration.hostAliases.isEmpty
    }

    func use(_ token: MetricsToken?) { self.token.withLock { $0 = token } }

    /// - Parameter head: the head as it arrived, before a trusted proxy's headers are applied.
    /// - Throws: `AccessDenied`, with status 401 if a token is required (RFC 6750 section 3).
    func check(_ head: HTTPRequestHead) throws(S3Error) {
        guard let token = token.withLock({ $0 }) else {
            guard isLocal(head) else {
                throw S3Error(
                    .accessDenied,
                    "Metrics can be read only on the server's own machine: use --metrics-token-file to allow others")
            }
            return
        }
        guard token.isIn(head) else {
            throw S3Error(
                S3Error.Code("AccessDenied", 401, "Access Denied"),
                "The metrics token is missing or wrong: send it as Authorization: Bearer TOKEN",
                headers: [("WWW-Authenticate", "Bearer realm=\"metrics\"")])
        }
    }

    /// Returns whether a request comes from a caller on this machine. A trusted proxy's statement decides; otherwise
    /// the address does, unless the request may have come through a proxy, or from a browser page that reaches this
    /// machine under another host name.
    private func isLocal(_ head: HTTPRequestHead) -> Bool {
        if let client = proxies.namedClient(of: head) { return Self.isLoopback(client) }
        let isForwarded = head.headers.fields.contains { field in
            field.name.hasPrefix("x-forwarded-") || ["forwarded", "via", "x-real-ip"].contains(field.name)
        }
        // By default nginx speaks HTTP/1.0 to its upstream, with a loopback host and no header of its own. HTTP/1.0 is
        // the version that needs no host.
        return Self.isLoopback(head.remoteAddress) && !isForwarded && !isBehindProxy && !head.mayLackHost
            && Self.isLoopback(host: head.headers["host"] ?? "")
    }

    private static func isLoopback(_ address: String) -> Bool {
        ["127.0.0.0/8", "::1"].contains { Network($0)?.contains(address) == true }
    }

    private static func isLoopback(host: String) -> Bool {
        let name = Addressing.name(ofHost: host)
        return name == "localhost" || isLoopback(name.hasPrefix("[") ? String(name.dropFirst()) : name)
    }
}
