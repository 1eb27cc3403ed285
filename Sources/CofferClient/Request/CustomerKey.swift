import CofferCrypto
import CofferModel

/// A customer-provided key that the service encrypts objects with and does not store (SSE-C): objects written with it
/// can only be read with it. The key is sent with every request for such an object, so use TLS; Amazon refuses such
/// requests otherwise.
///
/// Source: S3 User Guide, "Using server-side encryption with customer-provided keys".
public struct CustomerKey: Sendable, CustomStringConvertible, CustomReflectable {
    private let bytes: [UInt8]

    /// Creates a key from its bytes.
    ///
    /// - Parameter bytes: 32 unguessable bytes.
    /// - Throws: ``ConfigurationError`` for any other length.
    public init(_ bytes: [UInt8]) throws(ConfigurationError) {
        guard bytes.count == 32 else {
            throw ConfigurationError("a customer-provided key must have 32 bytes, not \(bytes.count)")
        }
        self.bytes = bytes
    }

    /// No description shows the key.
    public var description: String { "CustomerKey" }
    /// Nothing of the key.
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// - Parameter prefix: `x-amz-copy-source-` for the source of a copy.
    func headerFields(prefix: String = "x-amz-") -> HeaderFields {
        let name = prefix + "server-side-encryption-customer-"
        return [
            name + "algorithm": "AES256", name + "key": base64(bytes), name + "key-md5": base64(Digest.of(bytes, .md5)),
        ]
    }
}
