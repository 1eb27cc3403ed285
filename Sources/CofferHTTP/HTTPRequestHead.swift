/// A request before its body: what the client sent, as it sent it.
package struct HTTPRequestHead: Sendable {
    package let method: String
    /// The request target as it stood on the wire, neither decoded nor normalised; empty if it was not UTF-8.
    package let target: String
    package let headers: HTTPHeaders
    /// The client's address without its port.
    package let remoteAddress: String
    package let isSecure: Bool
    /// More connections are open than the limits allow; the connection will be closed after the answer.
    package let isOverLimit: Bool

    /// The declared length of the body in bytes; nil when none was declared or the body is chunked.
    package var contentLength: Int64? { headers["content-length"].flatMap { Int64($0) } }
    package var isChunked: Bool { headers["transfer-encoding"] != nil }
    package var hasBody: Bool { isChunked || (contentLength ?? 0) > 0 }
    package var expectsContinue: Bool { headers["expect"]?.lowercased() == "100-continue" }
}

/// Header fields in the order they were sent; names are lower-case.
package struct HTTPHeaders: Sendable {
    package private(set) var fields: [(name: String, value: String)] = []

    package init() {}

    package init(_ fields: [(name: String, value: String)]) { self.fields = fields }

    package mutating func append(_ name: String, _ value: String) { fields.append((name, value)) }

    /// The first value of a field.
    package subscript(name: String) -> String? {
        fields.first { $0.name == name }?.value
    }

    /// All values of a field.
    package func all(_ name: String) -> [String] {
        fields.compactMap { $0.name == name ? $0.value : nil }
    }

    /// The bytes that names and values take up.
    package var byteCount: Int { fields.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count } }
}
