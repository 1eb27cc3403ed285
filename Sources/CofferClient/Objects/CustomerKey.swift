import CofferCrypto

/// A key of one's own that the service encrypts objects with and does not keep (SSE-C): what is written with it can be
/// read with it alone. It goes with every request about such an object, so TLS is in order; Amazon refuses it otherwise.
///
/// Source: S3 User Guide, "Using server-side encryption with customer-provided keys".
public struct CustomerKey: Sendable, CustomStringConvertible, CustomReflectable {
    private let bytes: [UInt8]

    /// - Parameter bytes: 32, that nobody can guess.
    /// - Throws: ``ConfigurationError`` for another length.
    public init(_ bytes: [UInt8]) throws(ConfigurationError) {
        guard bytes.count == 32 else { throw ConfigurationError("a customer's key has 32 bytes, not \(bytes.count)") }
        self.bytes = bytes
    }

    /// The key is in no description.
    public var description: String { "CustomerKey" }
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// - Parameter prefix: `x-amz-copy-source-` for the source of a copy.
    func headerFields(prefix: String = "x-amz-") -> [(name: String, value: String)] {
        let name = prefix + "server-side-encryption-customer-"
        return [
            (name + "algorithm", "AES256"), (name + "key", base64(bytes)),
            (name + "key-md5", base64(Digest.of(bytes, .md5))),
        ]
    }
}

extension S3Client {
    /// The same client with a key that its objects are encrypted with: written, read and copied to.
    ///
    /// ```swift
    /// let s3 = s3.encrypting(with: try CustomerKey(bytes))
    /// ```
    ///
    /// - Parameter key: nil for none. Presigned URLs do not have it: who uses one sends the header fields along.
    public func encrypting(with key: CustomerKey?) -> S3Client {
        var client = self
        client.customerKey = key
        return client
    }
}
