import CofferCrypto
import CofferModel

/// The canonical request of Signature Version 4.
///
/// Source: S3 API Reference, "Signature Calculations for the Authorization Header". S3 encodes the path once and does
/// not normalise it.
struct CanonicalRequest {
    private let bytes: [UInt8]

    var text: String { String(decoding: bytes, as: UTF8.self) }
    var digest: [UInt8] { SHA256.digest(bytes) }

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
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512)
        let newline = UInt8(ascii: "\n")
        bytes.append(method, newline)
        bytes.append(path, newline)
        bytes.append(query, newline)
        for (name, value) in zip(signedHeaders, values) {
            bytes.append(name, UInt8(ascii: ":"))
            bytes.append(value, newline)
        }
        bytes.append(newline)
        for (index, name) in signedHeaders.enumerated() {
            bytes.append(name, index == signedHeaders.count - 1 ? newline : UInt8(ascii: ";"))
        }
        if signedHeaders.isEmpty { bytes.append(newline) }
        bytes.append(contentsOf: payloadHash.utf8)
        self.bytes = bytes
    }

    /// Returns the value of each header: the folded values of its fields, joined by commas.
    static func values(of names: [String], in request: SignableRequest) -> [String] {
        names.map { name in
            var text: String?
            let count = name.utf8.count
            for header in request.headers where header.name.utf8.count == count && header.name == name {
                let value = folded(header.value)
                text = text.map { "\($0),\(value)" } ?? value
            }
            return text ?? ""
        }
    }

    /// Returns the encodings of the path that a client may have signed: S3's own, and the one on the wire.
    ///
    /// Both represent the same key, so accepting either is safe.
    static func paths(of request: SignableRequest) -> [String] {
        guard !PercentEncoding.isPlainPath(request.path), let bytes = PercentEncoding.decode(request.path) else {
            return [request.path]
        }
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
        guard !request.query.isEmpty else { return "" }
        if let query = canonicalQuery(request.query.utf8Span.span, leavingOut: leavingOut) { return query }
        var pairs = pairs(of: request.query)
        if let leavingOut { pairs.removeAll { $0.name == leavingOut } }
        // Everything is ASCII at this point, so Swift's string order is byte order.
        if keepingOrder {
            let ordered = pairs.enumerated().sorted {
                $0.element.name == $1.element.name ? $0.offset < $1.offset : $0.element.name < $1.element.name
            }
            pairs = ordered.map(\.element)
        } else {
            pairs.sort { $0.name == $1.name ? $0.value < $1.value : $0.name < $1.name }
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(request.query.utf8.count)
        for (name, value) in pairs {
            if !bytes.isEmpty { bytes.append(UInt8(ascii: "&")) }
            bytes.append(name, UInt8(ascii: "="))
            bytes.append(contentsOf: value.utf8)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Returns a query without the parameter that is not signed if it is canonical as it was sent, as clients write
    /// presigned URLs: encoded as it is signed, and in order; nil for any other.
    private static func canonicalQuery(_ bytes: Span<UInt8>, leavingOut: String?) -> String? {
        var query: [UInt8] = []
        query.reserveCapacity(bytes.count)
        var former = 0..<0
        var start = 0
        while start < bytes.count {
            let end = bytes.first(UInt8(ascii: "&"), in: start..<bytes.count) ?? bytes.count
            guard let nameEnd = bytes.first(UInt8(ascii: "="), in: start..<end), nameEnd > start,
                PercentEncoding.isCanonical(bytes, in: start..<nameEnd),
                PercentEncoding.isCanonical(bytes, in: nameEnd + 1..<end)
            else { return nil }
            let isLeftOut =
                leavingOut.map { name in
                    nameEnd - start == name.utf8.count && bytes.text(start..<nameEnd) == name
                } ?? false
            if !isLeftOut {
                // Different names are enough: several values of one name have an order of their own.
                guard isOrdered(bytes, former, start..<nameEnd) else { return nil }
                former = start..<nameEnd
                if !query.isEmpty { query.append(UInt8(ascii: "&")) }
                for index in start..<end { query.append(bytes[index]) }
            }
            start = end + 1
        }
        return String(decoding: query, as: UTF8.self)
    }

    /// Whether the bytes of one range come before those of another one.
    private static func isOrdered(_ bytes: Span<UInt8>, _ first: Range<Int>, _ second: Range<Int>) -> Bool {
        for offset in 0..<min(first.count, second.count) {
            let (left, right) = (bytes[first.lowerBound + offset], bytes[second.lowerBound + offset])
            if left != right { return left < right }
        }
        return first.count < second.count
    }

    /// Returns the parameters of a query, encoded as they are signed, in their order.
    private static func pairs(of query: String) -> [(name: String, value: String)] {
        let bytes = query.utf8Span.span
        var pairs: [(name: String, value: String)] = []
        var start = 0
        while start < bytes.count {
            let end = bytes.first(UInt8(ascii: "&"), in: start..<bytes.count) ?? bytes.count
            if end > start {
                let nameEnd = bytes.first(UInt8(ascii: "="), in: start..<end) ?? end
                let value = nameEnd < end ? encoded(bytes, nameEnd + 1..<end) : ""
                pairs.append((encoded(bytes, start..<nameEnd), value))
            }
            start = end + 1
        }
        return pairs
    }

    private static func encoded(_ bytes: Span<UInt8>, _ range: Range<Int>) -> String {
        guard !PercentEncoding.isCanonical(bytes, in: range),
            let decoded = PercentEncoding.decode(bytes, range, plusIsSpace: true)
        else { return bytes.text(range) }
        return PercentEncoding.encode(decoded)
    }

    /// Returns a value without spaces at its ends, and with single spaces inside.
    static func folded(_ value: String) -> String {
        let bytes = value.utf8Span.span
        var isAfterSpace = true
        for index in 0..<bytes.count {
            let isSpace = bytes[index] == UInt8(ascii: " ")
            if isSpace, isAfterSpace { return value.split(at: " ").joined(separator: " ") }
            isAfterSpace = isSpace
        }
        return isAfterSpace ? value.split(at: " ").joined(separator: " ") : value
    }
}

extension [UInt8] {
    mutating func append(_ text: String, _ end: UInt8) {
        let bytes = text.utf8Span.span
        bytes.withUnsafeBufferPointer { append(contentsOf: $0) }
        append(end)
    }
}
