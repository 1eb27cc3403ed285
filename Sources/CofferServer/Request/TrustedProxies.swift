import CofferAccess
import CofferHTTP

/// The proxies that are believed what they say of the client: its address, its host and whether it came by https.
struct TrustedProxies: Sendable {
    private let ranges: [AddressRange]

    init(_ ranges: [AddressRange]) { self.ranges = ranges }

    /// A request's head as the client sent it to the first trusted proxy; as it came, unless a trusted proxy brought it.
    ///
    /// Each proxy appends the address it was called from, so that the right-most one that is no trusted proxy's is the
    /// client's, and those before it are what the client says itself. The scheme is the last proxy's word. The host is
    /// the first in its field: whoever sends it could as well have sent it as `Host`.
    func resolved(_ head: HTTPRequestHead) -> HTTPRequestHead {
        guard !ranges.isEmpty, isTrusted(head.remoteAddress) else { return head }
        var resolved = head
        resolved.remoteAddress = chain(of: head).client
        if let scheme = Self.values(of: "x-forwarded-proto", head).last {
            resolved.isSecure = scheme.lowercased() == "https"
            // Which TLS the client speaks no field tells.
            resolved.tlsVersion = nil
        }
        if let host = Self.values(of: "x-forwarded-host", head).first { resolved.headers.replace("host", with: host) }
        return resolved
    }

    /// The client's address by the word of trusted proxies; nil if they do not say it, or not all of the way to it.
    func namedClient(of head: HTTPRequestHead) -> String? {
        guard isTrusted(head.remoteAddress), !Self.values(of: "x-forwarded-for", head).isEmpty else { return nil }
        let (client, isComplete) = chain(of: head)
        return isComplete ? client : nil
    }

    /// The right-most address that is no trusted proxy's, and whether all behind it are addresses.
    private func chain(of head: HTTPRequestHead) -> (client: String, isComplete: Bool) {
        var client = head.remoteAddress
        for text in Self.values(of: "x-forwarded-for", head).reversed() where isTrusted(client) {
            // What is no address ends the chain: nothing before it can be believed.
            guard let address = Self.address(text) else { return (client, false) }
            client = address
        }
        return (client, true)
    }

    private func isTrusted(_ address: String) -> Bool { ranges.contains { $0.network.contains(address) } }

    private static func values(of name: String, _ head: HTTPRequestHead) -> [String] {
        head.headers.all(name).flatMap { $0.split(separator: ",") }
            .map { String($0.drop { $0 == " " }.prefix { $0 != " " }) }.filter { !$0.isEmpty }
    }

    /// Without a port, which some proxies write behind it.
    private static func address(_ text: String) -> String? {
        var address = text
        if text.hasPrefix("[") {
            address = String(text.dropFirst().prefix { $0 != "]" })
        } else if text.utf8.count(where: { $0 == UInt8(ascii: ":") }) == 1 {
            address = String(text.prefix { $0 != ":" })
        }
        return Network.isAddress(address) ? address : nil
    }
}

/// A range of IPv4 or IPv6 addresses, such as `10.0.0.0/8`; a bare address is a range of one.
public struct AddressRange: Sendable {
    let network: Network

    public init?(_ text: String) {
        guard let network = Network(text) else { return nil }
        self.network = network
    }
}
