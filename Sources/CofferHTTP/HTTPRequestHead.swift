/// The head of a request, as the client sent it.
///
/// A class, because every step of a request passes it on: a copy of its fields would count references to each.
package final class HTTPRequestHead: Sendable {
    package let method: String
    /// The request target as sent, neither decoded nor normalised; empty if it was not UTF-8. For a target in absolute
    /// form, the part after the host, which is then in ``headers``.
    package let target: String
    package let headers: HTTPHeaders
    /// The client's address without its port.
    package let remoteAddress: String
    package let isSecure: Bool
    /// The client's TLS version, such as `1.3`; nil without TLS, or if a proxy terminates it.
    package let tlsVersion: String?
    /// Whether more connections are open than the limits allow; the connection will be closed after the response.
    package let isOverLimit: Bool
    /// Whether this is an HTTP/1.0 request, which needs no `Host`.
    package let mayLackHost: Bool
    /// Why the request must be refused and its connection closed; nil if the head is valid.
    package let fault: String?

    /// - Parameter isUnambiguous: whether the head's bytes are exactly those of its fields; see `HeadLayout`.
    package init(
        method: String, target: String, headers: HTTPHeaders, remoteAddress: String, isSecure: Bool,
        tlsVersion: String? = nil, isOverLimit: Bool, isUnambiguous: Bool = true, mayLackHost: Bool = false
    ) {
        self.method = method
        let form = AbsoluteForm(target)
        self.target = form?.target ?? target
        self.headers = form.map { headers.replacing("host", with: $0.host) } ?? headers
        self.remoteAddress = remoteAddress
        self.isSecure = isSecure
        self.tlsVersion = tlsVersion
        self.isOverLimit = isOverLimit
        self.mayLackHost = mayLackHost
        fault = Self.fault(target, headers, isUnambiguous: isUnambiguous, mayLackHost: mayLackHost)
    }

    /// Creates the head of the request that a proxy passed on, as it says that its client sent it.
    package init(_ head: HTTPRequestHead, remoteAddress: String, isSecure: Bool?, host: String?) {
        method = head.method
        target = head.target
        headers = host.map { head.headers.replacing("host", with: $0) } ?? head.headers
        self.remoteAddress = remoteAddress
        self.isSecure = isSecure ?? head.isSecure
        // No field reports the client's TLS version.
        tlsVersion = isSecure == nil ? head.tlsVersion : nil
        isOverLimit = head.isOverLimit
        mayLackHost = head.mayLackHost
        fault = head.fault
    }

    /// A target that is a complete URL, as clients send it to a proxy. Its host takes precedence over `Host`.
    ///
    /// Source: RFC 9112 section 3.2.2.
    private struct AbsoluteForm {
        let host: String
        let target: String

        /// - Returns: nil for another form, and for a URL without a host or with a user name.
        init?(_ target: String) {
            guard target.utf8.first != UInt8(ascii: "/"),
                let scheme = ["http://", "https://"].first(where: { target.lowercased().hasPrefix($0) })
            else { return nil }
            let rest = target.utf8.dropFirst(scheme.utf8.count)
            let authority = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
            guard !authority.isEmpty, !authority.contains(UInt8(ascii: "@")) else { return nil }
            host = String(Substring(authority))
            let path = String(Substring(rest.dropFirst(authority.count)))
            self.target = path.utf8.first == UInt8(ascii: "/") ? path : "/" + path
        }
    }

    /// The part of the address that identifies one client; see `ClientNetwork`.
    package var network: String { ClientNetwork.of(remoteAddress) }

    /// The declared length of the body in bytes; nil when none was declared or the body is chunked.
    package var contentLength: Int64? { headers["content-length"].flatMap { Int64($0) } }
    package var isChunked: Bool { headers["transfer-encoding"] != nil }
    package var hasBody: Bool { isChunked || headers["content-length"].map { $0 != "0" } ?? false }
    /// Whether the bytes after the request must not be treated as another request, because the end of the body is
    /// ambiguous. libmicrohttpd accepts a bare line feed as a line ending between chunks, and a client may send a body
    /// for which it declared no length.
    package var endsConnection: Bool {
        let lacksLength = (method == "PUT" || method == "POST") && headers["content-length"] == nil
        return fault != nil || isChunked || lacksLength
    }
    package var expectsContinue: Bool { headers["expect"]?.lowercased() == "100-continue" }

    /// Returns the first violation found. Field names must be tokens (RFC 9110 section 5.1), a body's length must be
    /// given only once (RFC 9112 section 6), and there must be exactly one host: a request that a proxy in front of the
    /// server could read differently is not served.
    private static func fault(
        _ target: String, _ headers: HTTPHeaders, isUnambiguous: Bool, mayLackHost: Bool
    ) -> String? {
        guard isUnambiguous else {
            return
                "The request head has a NUL, a folded line, a line without a name, a line ending that is not CRLF, or a "
                + "second space in its first line"
        }
        if target.contains(byte: UInt8(ascii: " ")) {
            return "The request target has a space: percent-encode it as %20"
        }
        var (lengthCount, hostCount) = (0, 0)
        var hasValidNames = true
        for (name, value) in headers.fields {
            if value.contains(byte: 13) { return "A header value has a carriage return" }
            hasValidNames = hasValidNames && HTTPHeaders.isName(name)
            if name == "host" { hostCount += 1 }
            if name == "content-length" || name == "transfer-encoding" { lengthCount += 1 }
        }
        if !hasValidNames { return "A header name has characters that HTTP does not allow in it" }
        if lengthCount > 1 {
            return "The body length is given more than once: send either one Content-Length or one Transfer-Encoding"
        }
        if let length = headers["content-length"],
            !length.utf8.allSatisfy({ (48...57).contains($0) }) || Int64(length) == nil
        {
            return "The Content-Length must be a number of bytes"
        }
        if let encoding = headers["transfer-encoding"], encoding.lowercased() != "chunked" {
            return "The Transfer-Encoding must be chunked"
        }
        if hostCount == 0, !mayLackHost { return "The Host header is missing" }
        return hostCount > 1 ? "There is more than one Host header" : nil
    }
}

/// Header fields in the order in which they were sent; names are lower-case.
package struct HTTPHeaders: Sendable {
    package private(set) var fields: [(name: String, value: String)] = []
    /// One bit for each length that a name has, modulo 64. Most fields that are looked up are missing, and then no text
    /// is compared.
    private var lengths: UInt64 = 0

    package init() { fields.reserveCapacity(12) }

    package init(_ fields: [(name: String, value: String)]) {
        self.fields = fields
        lengths = fields.reduce(0) { $0 | Self.bit($1.name) }
    }

    package mutating func append(_ name: String, _ value: String) {
        fields.append((name, value))
        lengths |= Self.bit(name)
    }

    private static func bit(_ name: String) -> UInt64 { 1 << UInt64(name.utf8.count & 63) }

    func replacing(_ name: String, with value: String) -> HTTPHeaders {
        var headers = HTTPHeaders(fields.filter { $0.name != name })
        headers.append(name, value)
        return headers
    }

    /// The first value of a field.
    package subscript(name: String) -> String? {
        guard lengths & Self.bit(name) != 0 else { return nil }
        let count = name.utf8.count
        for field in fields where field.name.utf8.count == count && field.name == name { return field.value }
        return nil
    }

    /// All values of a field.
    package func all(_ name: String) -> [String] {
        fields.compactMap { $0.name == name ? $0.value : nil }
    }

    /// Returns a value without the optional white space around it (RFC 9110 section 5.5).
    package static func trimmed(_ value: String) -> String {
        func isSpace(_ byte: UInt8?) -> Bool { byte == 32 || byte == 9 }
        guard isSpace(value.utf8.first) || isSpace(value.utf8.last) else { return value }
        let bytes = value.utf8.drop(while: isSpace)
        let end = bytes.lastIndex { !isSpace($0) }.map(bytes.index(after:)) ?? bytes.startIndex
        return String(Substring(bytes[..<end]))
    }

    /// Whether a name is a token as defined by RFC 9110 section 5.6.2.
    package static func isName(_ name: String) -> Bool {
        let bytes = name.utf8Span.span
        for index in 0..<bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"): continue
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): continue
            case let byte: guard "_.!#$%&'*+^`|~".utf8.contains(byte) else { return false }
            }
        }
        return !bytes.isEmpty
    }

    /// The number of bytes in all names and values.
    package var byteCount: Int { fields.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count } }
}
