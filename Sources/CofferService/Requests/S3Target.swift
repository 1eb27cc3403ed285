package import CofferHTTP
package import CofferModel

/// The bucket and key that a request's `Host` and target name.
package struct S3Target: Sendable {
    /// The path as sent, beginning with `/`.
    let rawPath: String
    /// The query as sent, without `?`.
    let rawQuery: String
    /// The bucket's name as written, not yet checked against the naming rules; nil at the service level.
    package let bucket: String?
    package let keyBytes: [UInt8]
    package let isBucketInHost: Bool
    /// The path in the S3 Control API; nil for a request to S3 itself.
    package let controlPath: String?

    package init(_ head: HTTPRequestHead, addressing: Addressing) throws(S3Error) {
        guard head.target.utf8.first == UInt8(ascii: "/") else { throw S3Error(.invalidURI) }
        let target = head.target.utf8Span.span
        let end = target.first(UInt8(ascii: "?"), in: 0..<target.count) ?? target.count
        rawPath = end == target.count ? head.target : target.text(0..<end)
        rawQuery = end == target.count ? "" : target.text(end + 1..<target.count)
        controlPath = Self.controlPath(of: head)
        guard controlPath == nil else {
            bucket = nil
            isBucketInHost = false
            keyBytes = []
            return
        }
        if let bucket = addressing.bucket(host: head.headers["host"] ?? "") {
            self.bucket = bucket
            isBucketInHost = true
            keyBytes = try Self.decode(target, 1..<end)
            return
        }
        isBucketInHost = false
        let slash = target.first(UInt8(ascii: "/"), in: 1..<end) ?? end
        let name = try Self.decode(target, 1..<slash)
        bucket = name.isEmpty ? nil : String(decoding: name, as: UTF8.self)
        keyBytes = slash == end ? [] : try Self.decode(target, slash + 1..<end)
        // A key without a bucket, as in "//key", is invalid.
        guard bucket != nil || keyBytes.isEmpty else { throw S3Error(.invalidURI) }
    }

    /// Creates a target with the same bucket and another key.
    package init(_ target: S3Target, key: [UInt8]) {
        rawPath = target.rawPath
        rawQuery = target.rawQuery
        bucket = target.bucket
        isBucketInHost = target.isBucketInHost
        controlPath = target.controlPath
        keyBytes = key
    }

    /// Returns the bucket that a head names, even if its target cannot be parsed completely; nil if it names no valid
    /// one.
    package static func bucket(of head: HTTPRequestHead, _ addressing: Addressing) -> BucketName? {
        if let name = addressing.bucket(host: head.headers["host"] ?? "") { return try? BucketName(name) }
        guard head.target.utf8.first == UInt8(ascii: "/") else { return nil }
        let segment = head.target.utf8.dropFirst().prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
        return PercentEncoding.decode(Substring(segment)).flatMap {
            try? BucketName(String(decoding: $0, as: UTF8.self))
        }
    }

    /// Returns the path after the API's version; nil for a request to S3 itself. S3 Control requests name the account
    /// in a header, and often also in the host, where it looks like a bucket's name.
    package static func controlPath(of head: HTTPRequestHead) -> String? {
        let prefix = "/\(controlVersion)/"
        guard head.headers[AccountHeader.name] != nil else { return nil }
        // The path is decoded, because the signature is the same for every spelling of it.
        let path = PercentEncoding.decode(Substring(head.target.utf8.prefix { $0 != UInt8(ascii: "?") }))
        guard let path, path.starts(with: prefix.utf8) else { return nil }
        return String(decoding: path.dropFirst(prefix.utf8.count), as: UTF8.self)
    }

    private static let controlVersion = "v20180820"

    /// Whether the path looks like one of the S3 Control API, in a request that does not name the account.
    package var resemblesControl: Bool {
        guard bucket == Self.controlVersion, !isBucketInHost else { return false }
        let first = keyBytes.prefix { $0 != UInt8(ascii: "/") }
        return Self.controlResources.contains(String(decoding: first, as: UTF8.self))
    }

    /// The first segments of S3 Control paths.
    private static let controlResources: Set = [
        "accessgrantsinstance", "accesspoint", "accesspointforobjectlambda", "async-requests", "bucket",
        "configuration", "jobs", "mrap", "storagelens", "storagelensgroup", "tags",
    ]

    private static func decode(_ target: Span<UInt8>, _ range: Range<Int>) throws(S3Error) -> [UInt8] {
        guard let bytes = PercentEncoding.decode(target, range), !bytes.contains(0) else { throw S3Error(.invalidURI) }
        return bytes
    }
}

/// The S3 Control header that names the account.
package enum AccountHeader {
    package static let name = "x-amz-account-id"
}

/// Finds the bucket in a `Host` header: below one of the server's domains or below `localhost`, or as the host itself
/// where the operator has configured it. Existing buckets do not matter: creating a bucket never takes over a host.
///
/// Source: S3 User Guide, "Virtual hosting of general purpose buckets".
package struct Addressing: Sendable {
    private let domains: [String]
    /// A dot and each of the domains, in the same order.
    private let suffixes: [String]
    private let bucketHosts: Set<String>

    /// - Parameters:
    ///   - domains: the server's own names, below which buckets are found.
    ///   - bucketHosts: the buckets that are addressed by hosts of the same name, including one that looks like a name
    ///     below a domain.
    package init(domains: [String], bucketHosts: Set<String> = []) {
        // If several match, the longest counts.
        self.domains = (domains + ["localhost"]).map(Self.name).sorted { $0.utf8.count > $1.utf8.count }
        suffixes = self.domains.map { ".\($0)" }
        self.bucketHosts = bucketHosts
    }

    /// - Returns: nil if the bucket must be taken from the path.
    package func bucket(host header: String) -> String? {
        let host = Self.name(ofHost: header)
        if domains.contains(host) { return nil }
        if !bucketHosts.isEmpty, bucketHosts.contains(host) { return host }
        guard let suffix = suffixes.first(where: { host.hasSuffix($0) }) else { return nil }
        return String(host.dropLast(suffix.count))
    }

    /// Returns a host without its port, in lower case. An IPv6 address lacks its closing bracket.
    package static func name(ofHost host: String) -> String {
        let bytes = host.utf8Span.span
        let mark = UInt8(ascii: host.utf8.first == UInt8(ascii: "[") ? "]" : ":")
        guard let end = bytes.first(mark, in: 0..<bytes.count) else { return host.lowercasedASCII }
        return bytes.text(0..<end).lowercasedASCII
    }
}
