import CofferAccess
package import CofferHTTP

/// The proxies whose statements about the client are trusted: its address, its host, and whether it used https.
package struct TrustedProxies: Sendable {
    private let ranges: [AddressRange]

    package init(_ ranges: [AddressRange]) { self.ranges = ranges }

    /// Returns a request's head as the client sent it to the first trusted proxy; unchanged if it did not come from a
    /// trusted proxy.
    ///
    /// Each proxy appends the address that it was called from, so the right-most address that does not belong to a
    /// trusted proxy is the client's, and those to its left are the client's own claims. The scheme is the one that the
    /// last proxy reports. The host is the first in its field: a client that forges it could just as well have sent it
    /// as `Host`.
    package func resolved(_ head: HTTPRequestHead) -> HTTPRequestHead {
        guard !ranges.isEmpty, isTrusted(head.remoteAddress) else { return head }
        let scheme = Self.values(of: "x-forwarded-proto", head).last
        return HTTPRequestHead(
            head, remoteAddress: chain(of: head).client, isSecure: scheme.map { $0.lowercased() == "https" },
            host: Self.values(of: "x-forwarded-host", head).first)
    }

    /// Returns the client's address as reported by trusted proxies; nil if they do not report it, or the chain to it is
    /// incomplete.
    package func namedClient(of head: HTTPRequestHead) -> String? {
        guard isTrusted(head.remoteAddress), !Self.values(of: "x-forwarded-for", head).isEmpty else { return nil }
        let (client, isComplete) = chain(of: head)
        return isComplete ? client : nil
    }

    /// Returns the right-most address that does not belong to a trusted proxy, and whether everything to its right is
    /// an address.
    private func chain(of head: HTTPRequestHead) -> (client: String, isComplete: Bool) {
        var client = head.remoteAddress
        for text in Self.values(of: "x-forwarded-for", head).reversed() where isTrusted(client) {
            // An invalid address ends the chain: nothing to its left can be trusted.
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

    /// Returns the address without the port that some proxies append.
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

    /// Reads an address, or an address and a prefix length; nil if it is neither.
    public init?(_ text: String) {
        guard let network = Network(text) else { return nil }
        self.network = network
    }
}
