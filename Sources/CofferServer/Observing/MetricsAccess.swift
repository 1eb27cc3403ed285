import CofferAccess
import CofferCrypto
import CofferHTTP
import CofferModel
import Synchronization

/// Who may read the metrics, which tell how much is stored and asked for: callers with the token, where there is one;
/// otherwise those on this machine.
final class MetricsAccess: Sendable {
    private let token: Mutex<MetricsToken?>
    private let proxies: TrustedProxies
    /// Whether clients call a proxy before the server, which may be on this machine and say nothing of its clients.
    private let isBehindProxy: Bool

    init(_ configuration: ServerConfiguration) {
        token = Mutex(configuration.metricsToken)
        proxies = TrustedProxies(configuration.trustedProxies)
        isBehindProxy = !configuration.hostAliases.isEmpty
    }

    func use(_ token: MetricsToken?) { self.token.withLock { $0 = token } }

    /// - Parameter head: as it arrived, whatever a trusted proxy says.
    /// - Throws: `AccessDenied`, with 401 where a token is asked for (RFC 6750 section 3).
    func check(_ head: HTTPRequestHead) throws(S3Error) {
        guard let token = token.withLock({ $0 }) else {
            guard isLocal(head) else {
                throw S3Error(
                    .accessDenied, "Metrics are for the server's own machine unless it has a --metrics-token-file")
            }
            return
        }
        guard token.isIn(head) else {
            throw S3Error(
                S3Error.Code("AccessDenied", 401, "Access Denied"), "Metrics need the server's token",
                headers: [("WWW-Authenticate", "Bearer realm=\"metrics\"")])
        }
    }

    /// Whether a request comes from a caller on this machine: by the word of trusted proxies; otherwise by its address,
    /// unless it may have come by a proxy, or from a page in a browser that calls this machine by a name of its own.
    private func isLocal(_ head: HTTPRequestHead) -> Bool {
        if let client = proxies.namedClient(of: head) { return Self.isLoopback(client) }
        let isForwarded = head.headers.fields.contains { field in
            field.name.hasPrefix("x-forwarded-") || ["forwarded", "via", "x-real-ip"].contains(field.name)
        }
        // HTTP/1.0 is what nginx speaks to a server behind it, with a loopback host and no field of its own, unless it is
        // set up otherwise; it is the version that needs no host.
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

/// What callers send as `Authorization: Bearer TOKEN` to read the metrics.
public struct MetricsToken: Sendable {
    private let bytes: [UInt8]

    /// - Returns: nil unless it is 16 to 1,024 visible characters of ASCII.
    public init?(_ text: String) {
        bytes = Array(text.utf8)
        guard (16...1024).contains(bytes.count), bytes.allSatisfy({ (33...126).contains($0) }) else { return nil }
    }

    /// Whether a request has it. The scheme's name may be written in any case (RFC 9110 section 11.1).
    func isIn(_ head: HTTPRequestHead) -> Bool {
        let parts = (head.headers["authorization"] ?? "").split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return false }
        return isEqualInConstantTime(Array(parts[1].utf8), bytes)
    }
}
