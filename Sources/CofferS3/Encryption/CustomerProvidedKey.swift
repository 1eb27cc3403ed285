import CofferCrypto
import CofferHTTP
import CofferModel
import CofferService

/// A key that a customer sends with every request about an object (SSE-C). It is never stored and never logged.
///
/// Source: S3 User Guide, "Using server-side encryption with customer-provided keys".
struct CustomerProvidedKey: Sendable, Equatable {
    /// 32 bytes.
    let bytes: [UInt8]
    /// Base64, as requests and responses use it to identify the key.
    let md5: String

    private static let prefix = "server-side-encryption-customer-"
    static let algorithmField = "x-amz-server-side-encryption-customer-algorithm"
    static let md5Field = "x-amz-server-side-encryption-customer-key-md5"

    /// The header fields that identify the key in responses.
    var fields: [(name: String, value: String)] { [(Self.algorithmField, "AES256"), (Self.md5Field, md5)] }

    /// Reads the three headers that make up a customer's key.
    ///
    /// - Parameters:
    ///   - headerPrefix: `x-amz-`, or `x-amz-copy-source-` for the key of a copy's source.
    ///   - isRead: whether the request reads an object. A read without the key's MD5 is denied rather than reported as
    ///     invalid.
    /// - Returns: nil if none of the headers is present.
    /// - Throws: `InvalidArgument` if one is missing or wrong, `InvalidEncryptionAlgorithmError`, `AccessDenied`.
    init?(
        _ request: S3Request, prefix headerPrefix: String = "x-amz-", isRead: Bool = false
    ) throws(S3Error) {
        func header(_ name: String) -> (name: String, value: String?) {
            let name = headerPrefix + Self.prefix + name
            return (name, request.headers[name])
        }
        let (algorithm, key, digest) = (header("algorithm"), header("key"), header("key-md5"))
        guard algorithm.value != nil || key.value != nil || digest.value != nil else { return nil }
        guard let name = algorithm.value else {
            throw Self.missing("a valid encryption algorithm.", algorithm.name)
        }
        guard name == "AES256" else {
            throw S3Error(
                .invalidEncryptionAlgorithm,
                details: [("ArgumentName", algorithm.name), ("ArgumentValue", name)])
        }
        guard let keyText = key.value else { throw Self.missing("an appropriate secret key.", key.name) }
        guard let md5 = digest.value else {
            guard !isRead else {
                throw S3Error(.accessDenied).withDenialReason(
                    "the MD5 digest of the customer-provided key is missing", isDisclosed: false)
            }
            throw Self.missing("the client calculated MD5 of the secret key.", digest.name)
        }
        guard let bytes = CofferCrypto.bytes(base64: keyText), bytes.count == ChunkCipher.keyByteCount else {
            throw .invalidArgument(
                "The secret key was invalid for the specified algorithm.", name: key.name, value: "null")
        }
        guard base64(Digest.of(bytes, .md5)) == md5 else {
            throw .invalidArgument(
                "The calculated MD5 hash of the key did not match the hash that was provided.", name: digest.name,
                value: md5)
        }
        self.bytes = bytes
        self.md5 = md5
    }

    private static func missing(_ what: String, _ header: String) -> S3Error {
        .invalidArgument(
            "Requests specifying Server Side Encryption with Customer provided keys must provide \(what)", name: header,
            value: "null")
    }
}
