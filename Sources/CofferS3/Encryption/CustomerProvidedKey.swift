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

    static let algorithmField = "x-amz-server-side-encryption-customer-algorithm"
    static let md5Field = "x-amz-server-side-encryption-customer-key-md5"

    /// The names of the three headers that make up a key.
    struct FieldNames {
        let algorithm: String
        let key: String
        let md5: String

        private init(_ prefix: String) {
            let prefix = prefix + "server-side-encryption-customer-"
            (algorithm, key, md5) = (prefix + "algorithm", prefix + "key", prefix + "key-md5")
        }

        static let target = FieldNames("x-amz-")
        /// For the source of a copy.
        static let copySource = FieldNames("x-amz-copy-source-")
    }

    /// The header fields that identify the key in responses.
    var fields: [(name: String, value: String)] { [(Self.algorithmField, "AES256"), (Self.md5Field, md5)] }

    /// Reads the three headers that make up a customer's key.
    ///
    /// - Parameters:
    ///   - isRead: whether the request reads an object. A read without the key's MD5 is denied rather than reported as
    ///     invalid.
    /// - Returns: nil if none of the headers is present.
    /// - Throws: `InvalidArgument` if one is missing or wrong, `InvalidEncryptionAlgorithmError`, `AccessDenied`.
    init?(
        _ request: S3Request, _ names: FieldNames = .target, isRead: Bool = false
    ) throws(S3Error) {
        let headers = request.headers
        let (algorithm, key, digest) = (headers[names.algorithm], headers[names.key], headers[names.md5])
        guard algorithm != nil || key != nil || digest != nil else { return nil }
        guard let algorithm else { throw Self.missing("a valid encryption algorithm.", names.algorithm) }
        guard algorithm == "AES256" else {
            throw S3Error(
                .invalidEncryptionAlgorithm,
                details: [("ArgumentName", names.algorithm), ("ArgumentValue", algorithm)])
        }
        guard let key else { throw Self.missing("an appropriate secret key.", names.key) }
        guard let md5 = digest else {
            guard !isRead else {
                throw S3Error(.accessDenied).withDenialReason(
                    "the MD5 digest of the customer-provided key is missing", isDisclosed: false)
            }
            throw Self.missing("the client calculated MD5 of the secret key.", names.md5)
        }
        guard let bytes = CofferCrypto.bytes(base64: key), bytes.count == ChunkCipher.keyByteCount else {
            throw .invalidArgument(
                "The secret key was invalid for the specified algorithm.", name: names.key, value: "null")
        }
        guard base64(Digest.of(bytes, .md5)) == md5 else {
            throw .invalidArgument(
                "The calculated MD5 hash of the key did not match the hash that was provided.", name: names.md5,
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
