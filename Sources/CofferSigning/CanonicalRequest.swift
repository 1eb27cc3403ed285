import CofferCrypto
import CofferModel

/// The canonical request of Signature Version 4.
///
/// Source: S3 API Reference, "Signature Calculations for the Authorization Header". S3 encodes the path once and does
/// not normalise it.
struct CanonicalRequest {
    let text: String

    var hash: String { hex(Digest.of(Array(text.utf8), .sha256)) }

    /// - Parameters:
    ///   - path: encoded, as one of ``paths(of:)``.
    ///   - query: canonical, as of ``query(of:leavingOut:)``.
    init(_ request: SignableRequest, path: String, query: String, signedHeaders: [String], payloadHash: String) {
        self.init(
            method: request.method, path: path, query: query, signedHeaders: signedHeaders,
            values: Self.values(of: signedHeaders, in: request), payloadHash: payloadHash)
    }

    /// - Parameter values: of the headers, as of ``values(of:in:)``.
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

    /// What each of the headers holds: its fields' values, folded, with commas between them.
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

    /// The encodings under which a client may have signed the path: S3's own, and the one on the wire.
    ///
    /// Both stand for the same key, so accepting either gives nothing away.
    static func paths(of request: SignableRequest) -> [String] {
        guard let bytes = PercentEncoding.decode(request.path) else { return [request.path] }
        let encoded = PercentEncoding.encode(bytes, keepingSlash: true)
        return encoded.hasBytes(of: request.path) ? [encoded] : [encoded, request.path]
    }

    /// The canonical form of the query. `+` is a space, as in the query's meaning: what is signed is what is done.
    ///
    /// - Parameters:
    ///   - leavingOut: a parameter that is not part of what is signed: the signature itself.
    ///   - keepingOrder: whether values of one name keep the order in which they were sent, as Go's encoder leaves them,
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
        // All is ASCII by now, so that Swift's order of strings is the order of bytes.
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

    /// Without white space at the ends, and with single spaces inside.
    static func folded(_ value: String) -> String {
        let bytes = value.utf8
        let space = UInt8(ascii: " ")
        let needsNothing =
            bytes.first != space && bytes.last != space
            && !zip(bytes, bytes.dropFirst()).contains { $0 == space && $1 == space }
        return needsNothing ? value : value.split(at: " ").joined(separator: " ")
    }
}
