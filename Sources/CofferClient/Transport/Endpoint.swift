/// The address of a service: scheme, host and port, and a path that precedes the service's own, if any.
package struct Endpoint: Sendable, Equatable {
    package let isSecure: Bool
    /// The value of the `Host` header: with the port, unless it is the scheme's default.
    package let host: String
    /// Empty, or beginning with a slash and ending without one.
    package let basePath: String

    package init(isSecure: Bool, host: String, basePath: String = "") {
        self.isSecure = isSecure
        self.host = host
        self.basePath = basePath
    }

    /// - Parameter text: a URL such as `https://s3.example.org` or `http://127.0.0.1:9000`.
    /// - Throws: ``ConfigurationError`` for an invalid URL. It does not repeat the text, which may contain a password.
    package init(_ text: String) throws(ConfigurationError) {
        let schemes = [("https://", true, ":443"), ("http://", false, ":80")]
        guard let (prefix, isSecure, usualPort) = schemes.first(where: { text.lowercased().hasPrefix($0.0) }) else {
            throw ConfigurationError("the endpoint must begin with http:// or https://")
        }
        let rest = text.dropFirst(prefix.count)
        let host = rest.prefix { $0 != "/" }
        let path = rest.dropFirst(host.count)
        let isPlain = host.utf8.allSatisfy { $0 > 32 && $0 < 127 && !"@?#\\".utf8.contains($0) }
        guard !host.isEmpty, isPlain, path.utf8.allSatisfy({ $0 > 32 && $0 < 127 && !"?#".utf8.contains($0) }) else {
            throw ConfigurationError(
                "the endpoint must be a URL such as https://s3.example.org:9000, without a user or a query")
        }
        self.isSecure = isSecure
        self.host = host.lowercased().hasSuffix(usualPort) ? String(host.dropLast(usualPort.count)) : String(host)
        basePath = path.hasSuffix("/") ? String(path.dropLast()) : String(path)
    }

    /// The endpoint of an Amazon service in a region.
    ///
    /// - Throws: ``ConfigurationError`` for an invalid region name: it becomes part of the host name.
    init(amazon service: String, _ region: String) throws(ConfigurationError) {
        guard Self.isRegion(region) else {
            throw ConfigurationError(
                "'\(region)' is not a valid AWS region: use lower-case letters, digits and hyphens")
        }
        self.init(isSecure: true, host: "\(service).\(region)\(Self.suffix(of: region))")
    }

    /// Whether a text can be a region name: lower-case letters, digits and hyphens, which can be part of a host name.
    static func isRegion(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
    }

    private static func suffix(of region: String) -> String {
        region.hasPrefix("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com"
    }

    /// Returns the same endpoint in another region, if it is one of Amazon's regional or global ones; others, such as
    /// those of a private network, have no counterpart and are returned unchanged.
    ///
    /// - Parameter region: a valid region name.
    func moved(to region: String) -> Endpoint {
        let labels = host.split(separator: ".")
        guard isAmazon, labels[0] == "s3", labels[1] == "amazonaws" || labels[2] == "amazonaws" else { return self }
        return Endpoint(isSecure: isSecure, host: "s3.\(region)\(Self.suffix(of: region))")
    }

    var url: String { (isSecure ? "https://" : "http://") + host + basePath }

    /// Whether requests to it stay on this machine.
    var isLoopback: Bool { Self.isLoopback(host) }

    /// - Parameter host: with or without a port.
    static func isLoopback(_ host: some StringProtocol) -> Bool {
        if host.hasPrefix("[") { return host.hasPrefix("[::1]") }
        let name = host.prefix { $0 != ":" }
        let isAddress = name.utf8.allSatisfy { (48...57).contains($0) || $0 == 46 }
        return name == "localhost" || name.hasSuffix(".localhost") || isAddress && name.hasPrefix("127.")
    }

    /// Whether it is one of Amazon's public endpoints, which accept a bucket as part of the host name.
    var isAmazon: Bool {
        (host.hasSuffix(".amazonaws.com") || host.hasSuffix(".amazonaws.com.cn"))
            && (host.hasPrefix("s3.") || host.hasPrefix("s3-"))
    }
}
