import CofferCrypto
package import CofferModel

/// One request to S3 before it is addressed and signed.
package struct S3Call: Sendable {
    package var method: String
    package var bucket: BucketName?
    package var key: ObjectKey?
    /// In the order in which they are sent; nil for a name without `=`.
    package var query: [(name: String, value: String?)]
    /// With lower-case names.
    package var headers: HeaderFields
    package var body: HTTPRequestBody
    /// The body's SHA-256 in hexadecimal, if it is already known.
    package var bodyHash: String?
    /// Called with the number of body bytes sent so far, which is lower than before when the body is sent again.
    package var sent: (@Sendable (Int64) -> Void)?

    package init(
        _ method: String, _ bucket: BucketName? = nil, _ key: ObjectKey? = nil,
        query: [(name: String, value: String?)] = [], headers: HeaderFields = [:],
        body: HTTPRequestBody = .none
    ) {
        self.method = method
        self.bucket = bucket
        self.key = key
        self.query = query
        self.headers = headers
        self.body = body
    }

    /// Adds a parameter, unless the value is nil.
    mutating func add(query name: String, _ value: String?) {
        if let value { query.append((name, value)) }
    }

    /// Adds a header, unless the value is nil.
    mutating func add(_ name: String, _ value: String?) {
        if let value { headers.append(name, value) }
    }

    /// Adds the key that an object's bytes are encrypted or decrypted with.
    ///
    /// - Parameter prefix: `x-amz-copy-source-` for the source of a copy.
    mutating func add(_ key: CustomerKey?, prefix: String = "x-amz-") {
        if let key { headers += key.headerFields(prefix: prefix) }
    }

    /// Adds a checksum of the body; the algorithm's name is for services that read that first.
    mutating func add(_ checksum: Checksum?) {
        guard let checksum else { return }
        add(checksum.algorithm.header, checksum.value)
        add("x-amz-sdk-checksum-algorithm", checksum.algorithm.rawValue)
    }

    /// Adds the MD5 of a document in memory.
    mutating func addContentMD5() {
        guard case .bytes(let bytes) = body else { return }
        add("content-md5", base64(Digest.of(Array(bytes), .md5)))
    }

    /// The query in the form that is sent.
    var queryText: String {
        query.map { parameter in
            let name = PercentEncoding.encode(parameter.name.utf8)
            return parameter.value.map { "\(name)=\(PercentEncoding.encode($0.utf8))" } ?? name
        }
        .joined(separator: "&")
    }

    /// Returns the host and path of the call's bucket or object at an endpoint.
    func address(at endpoint: Endpoint, _ style: AddressingStyle) -> (host: String, path: String) {
        let keyPath = "/" + (key.map { PercentEncoding.encode($0.bytes, keepingSlash: true) } ?? "")
        guard let bucket else { return (endpoint.host, endpoint.basePath + "/") }
        if bucket.isValid, style.putsInHost(bucket, endpoint) {
            return ("\(bucket).\(endpoint.host)", endpoint.basePath + keyPath)
        }
        return (endpoint.host, endpoint.basePath + "/\(bucket.encoded)" + (key == nil ? "" : keyPath))
    }
}

extension BucketName {
    /// The name, encoded as a path segment.
    var encoded: String { PercentEncoding.encode(description.utf8) }
}
