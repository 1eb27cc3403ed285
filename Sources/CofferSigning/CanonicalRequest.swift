import CofferCrypto
import CofferModel

/// The canonical request of Signature Version 4.
///
/// Source: S3 API Reference, "Signature Calculations for the Authorization Header". S3 encodes the path once and does
/// not normalise it.
struct CanonicalRequest {
    let text: String

    var hash: String { hex(SHA256.digest(Array(text.utf8))) }

    /// - Parameters:
    ///   - path: the encoded path, one of ``paths(of:)``.
    ///   - query: the canonical query, from ``query(of:leavingOut:keepingOrder:)``.
    init(_ request: SignableRequest, path: String, query: String, signedHeaders: [String], payloadHash: String) {
        self.init(
            method: request.method, path: path, query: query, signedHeaders: signedHeaders,
            values: Self.values(of: signedHeaders, in: request), payloadHash: payloadHash)
    }

    /// - Parameter values: the values of the headers, from ``values(of:in:)``.
    init(
        method: String, path: String, query: String, signedHeaders: [String], values: [String], payloadHash: String
    ) {
        var text = "\(method)\n\(path)\n\(query)\n"
        for (name, value) in zip(signedHeaders, values) {
            text += name
            text += ":"
            text += value
            text += "\n"
        }
        text += "\n"
        text += signedHeaders.joined(separator: ";")
        text += "\n"
        text += payloadHash
        self.text = text
    }

    /// Returns the value of each header: the folded values of its fields, joined by commas.
    static func values(of names: [String], in request: SignableRequest) -> [String] {
        names.map { name in
            var text = ""
            var isFirst = true
            for header in request.headers where header.name == name {
                if !isFirst { text += "," }
                text += folded(header.value)
                isFirst = false
            }
            return text
        }
    }

    /// Returns the encodings of the path that a client may have signed: S3's own, and the one on the wire.
    ///
    /// Both represent the same key, so accepting either is safe.
    static func paths(of request: SignableRequest) -> [String] {
        guard let bytes = PercentEncoding.decode(request.path) else { return [request.path] }
        let encoded = PercentEncoding.encode(bytes, keepingSlash: true)
        return encoded.hasBytes(of: request.path) ? [encoded] : [encoded, request.path]
    }

    /// Returns the canonical form of the query. `+` is a space, as when the query is executed, so that the signed and
    /// the executed request are the same.
    ///
    /// - Parameters:
    ///   - leavingOut: a parameter that is not signed: the signature itself.
    ///   - keepingOrder: whether values of the same name keep the order in which they were sent, as with Go's encoder,
    ///     instead of being sorted.
    static func query(
        of request: SignableRequest, leavingOut: String? = nil, keepingOrder: Bool = false
    ) -> String {
        func encoded(_ text: Substring) -> String {
            guard !PercentEncoding.isPlain(text), let bytes = PercentEncoding.decode(text, plusIsSpace: true) else {
                return String(text)
            }
            return PercentEncoding.encode(bytes)
        }
        var pairs: [(name: String, value: String)] = []
        for pair in request.query.split(at: "&") {
            let parts = pair.split(at: "=", maxSplits: 1, keepingEmpty: true)
            let name = encoded(parts[0])
            if name != leavingOut { pairs.append((name, parts.count > 1 ? encoded(parts[1]) : "")) }
        }
        // Everything is ASCII at this point, so Swift's string order is byte order.
        if keepingOrder {
            let ordered = pairs.enumerated().sorted {
                $0.element.name == $1.element.name ? $0.offset < $1.offset : $0.element.name < $1.element.name
            }
            pairs = ordered.map(\.element)
        } else {
            pairs.sort { $0.name == $1.name ? $0.value < $1.value : $0.name < $1.name }
        }
        return pairs.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    }

    /// Returns a value without spaces at its ends, and with single spaces inside.
    static func folded(_ value: String) -> String {
        let bytes = value.utf8
        let space = UInt8(ascii: " ")
        let needsNothing =
            bytes.first != space && bytes.last != space
            && !zip(bytes, bytes.dropFirst()).contains { $0 == space && $1 == space }
        return needsNothing ? value : value.split(at: " ").joined(separator: " ")
    }
}
