import CofferModel

/// The parts of a request that a signature covers, as they are sent.
package struct SignableRequest: Sendable {
    package var method: String
    /// The target's path, percent-encoded as sent, beginning with `/`.
    package var path: String
    /// The target's query as sent, without `?`; empty if there is none.
    package var query: String
    /// Header fields with lower-case names, in the order they are sent.
    package var headers: [(name: String, value: String)]
    /// The bucket in the `Host` header, if any: Signature Version 2 signs it as part of the path.
    package var hostBucket: String?

    package init(
        method: String, path: String, query: String, headers: [(name: String, value: String)], hostBucket: String? = nil
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.hostBucket = hostBucket
    }

    package func header(_ name: String) -> String? {
        let count = name.utf8.count
        for header in headers where header.name.utf8.count == count && header.name == name { return header.value }
        return nil
    }

    /// The name of the bucket that the request may concern, which need not exist; empty if there is none.
    var bucketName: String { hostBucket ?? path.split(at: "/", maxSplits: 1).first.map(String.init) ?? "" }

    /// Returns a copy of the request in which a header has the given value only.
    package func with(_ name: String, _ value: String) -> SignableRequest {
        var request = self
        request.headers.removeAll { $0.name == name }
        request.headers.append((name, value))
        return request
    }
}

/// A key pair that signs requests.
package struct Credentials: Sendable {
    package let accessKeyID: String
    package let secretAccessKey: String

    package init(accessKeyID: String, secretAccessKey: String) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
    }
}
