import CofferCrypto
import CofferHTTP
import CofferModel
import CofferService

/// How an object is to be encrypted: with the server's keys (SSE-S3), with keys of a key service (SSE-KMS), or with the
/// customer's key (SSE-C).
///
/// Source: S3 User Guide, "Protecting data with server-side encryption".
enum EncryptionSettings: Sendable {
    case server
    case keyService(KeyServiceSettings)
    case customer(CustomerProvidedKey)

    static let field = "x-amz-server-side-encryption"
    static let keyIDField = "x-amz-server-side-encryption-aws-kms-key-id"
    static let bucketKeyField = "x-amz-server-side-encryption-bucket-key-enabled"
    static let contextField = "x-amz-server-side-encryption-context"

    /// Returns the encryption that a request asks for.
    ///
    /// - Returns: nil if the request leaves the choice to the bucket.
    /// - Throws: `InvalidArgument` for values that are unknown or cannot be combined, and the errors of
    ///   ``CustomerProvidedKey``.
    static func requested(_ request: S3Request) throws(S3Error) -> EncryptionSettings? {
        let customerKey = try CustomerProvidedKey(request)
        guard let method = request.headers[field] else {
            try refuseKeyID(request)
            return customerKey.map { .customer($0) }
        }
        guard customerKey == nil else {
            throw .invalidArgument(
                "Server Side Encryption with Customer provided key is incompatible with the encryption method specified",
                name: field, value: method)
        }
        switch method {
        case "AES256":
            try refuseKeyID(request)
            return .server
        case "aws:kms", "aws:kms:dsse": return .keyService(try KeyServiceSettings(request, method: method))
        default:
            throw .invalidArgument("The encryption method specified is not supported", name: field, value: method)
        }
    }

    /// Refuses a key id or an encryption context, which only a key service supports.
    private static func refuseKeyID(_ request: S3Request) throws(S3Error) {
        for name in [keyIDField, contextField] {
            guard let value = request.headers[name] else { continue }
            throw .invalidArgument(
                "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : "
                    + "aws:kms", name: name, value: value)
        }
    }

    /// Returns whether a request turns bucket keys on or off; nil if it leaves the choice to the bucket.
    ///
    /// - Throws: `InvalidArgument` for a value other than true and false.
    static func usesBucketKey(_ request: S3Request) throws(S3Error) -> Bool? {
        guard let text = request.headers[bucketKeyField] else { return nil }
        switch text.lowercased() {
        case "true": return true
        case "false": return false
        default: throw .invalidArgument("The value must be true or false", name: bucketKeyField, value: text)
        }
    }

    /// The header fields that are stored with the object and sent in responses. SSE-S3 is the default and has none.
    func fields(region: String, account: String) -> [(name: String, value: String)] {
        switch self {
        case .server: []
        case .keyService(let settings): settings.fields(region: region, account: account)
        case .customer(let key): key.fields
        }
    }

    /// Returns the fields of a response: the stored ones, or those of SSE-S3, which AWS sends for every object. The
    /// context is omitted; only the caller who gave it gets it back, through ``answeredOnWrite(_:)``.
    static func answered(_ stored: [(name: String, value: String)]) -> [(name: String, value: String)] {
        fields(of: stored) { $0 != contextField }
    }

    private static let byDefault = [(name: field, value: "AES256")]

    /// Returns the fields of the response to PutObject, CopyObject and CreateMultipartUpload.
    static func answeredOnWrite(_ stored: [(name: String, value: String)]) -> [(name: String, value: String)] {
        fields(of: stored) { _ in true }
    }

    private static func fields(
        of stored: [(name: String, value: String)], where isAnswered: (_ name: String) -> Bool
    ) -> [(name: String, value: String)] {
        guard stored.contains(where: { isField($0.name) }) else { return byDefault }
        return stored.filter { isField($0.name) && isAnswered($0.name) }
    }

    /// Whether a stored field says how the object is encrypted.
    static func isField(_ name: String) -> Bool { name.hasASCIIPrefix("x-amz-server-side-encryption") }

    /// Refuses the encryption header, which is for writes only, in a request that reads.
    static func refuseForRead(_ request: S3Request) throws(S3Error) {
        guard let method = request.headers[field] else { return }
        throw .invalidArgument(
            "x-amz-server-side-encryption header is not supported for this operation.", name: field, value: method)
    }
}

/// Encryption with keys of a key service. No such service exists besides the server: whichever key is named, the master
/// key wraps the object's key.
struct KeyServiceSettings: Sendable {
    /// `aws:kms` or `aws:kms:dsse`.
    let method: String
    /// As the request gave it; nil for the account's default key.
    let keyID: String?
    /// nil if the request leaves the choice to the bucket.
    private(set) var usesBucketKey: Bool?
    /// Base64, as the request gave it. It is stored and returned, but has no other effect without a key service.
    let context: String?

    init(method: String, keyID: String?, usesBucketKey: Bool?) {
        self.method = method
        self.keyID = keyID
        self.usesBucketKey = usesBucketKey
        context = nil
    }

    init(_ request: S3Request, method: String) throws(S3Error) {
        self.method = method
        keyID = request.headers[EncryptionSettings.keyIDField]
        usesBucketKey = try EncryptionSettings.usesBucketKey(request)
        context = request.headers[EncryptionSettings.contextField]
        guard let context else { return }
        guard Self.isContext(context) else {
            throw .invalidArgument(
                "The header '\(EncryptionSettings.contextField)' shall be Base64-encoded UTF-8 string holding JSON which "
                    + "represents a string-string map", name: EncryptionSettings.contextField, value: context)
        }
    }

    /// Returns whether a text is a Base64-encoded JSON object whose values are strings.
    private static func isContext(_ text: String) -> Bool {
        // Whatever the fault, the text is not a context.
        guard let bytes = CofferCrypto.bytes(base64: text), let object = try? JSONValue(document: bytes).object else {
            return false
        }
        return object.members.allSatisfy { $0.value.string != nil }
    }

    /// Returns the header fields, in which a key given only by its id appears as an ARN.
    fileprivate func fields(region: String, account: String) -> [(name: String, value: String)] {
        let prefix = "arn:aws:kms:\(region):\(account):"
        let arn = keyID.map { id in
            if id.hasPrefix("arn:") { return id }
            return prefix + (id.hasPrefix("alias/") ? id : "key/\(id)")
        }
        let fields = [
            (EncryptionSettings.field, method),
            (
                EncryptionSettings.keyIDField,
                arn ?? prefix + "key/\(Self.defaultKeyID(region: region, account: account))"
            ),
        ]
        return fields + (usesBucketKey == true ? [(EncryptionSettings.bucketKeyField, "true")] : [])
            + (context.map { [(EncryptionSettings.contextField, $0)] } ?? [])
    }

    /// Returns the id of the account's default key in a region: a UUID that is always the same.
    private static func defaultKeyID(region: String, account: String) -> String {
        let digits = hex(Digest.of(Array("aws/s3 \(region) \(account)".utf8), .sha256))
        var rest = Substring(digits)
        return [8, 4, 4, 4, 12].map { count in
            defer { rest = rest.dropFirst(count) }
            return String(rest.prefix(count))
        }.joined(separator: "-")
    }

    /// Returns these settings with the bucket's choice wherever the request made none. Dual-layer encryption
    /// (`aws:kms:dsse`) has no bucket keys.
    func completed(usesBucketKey bucketDefault: Bool) -> KeyServiceSettings {
        var settings = self
        settings.usesBucketKey = method == "aws:kms" && (usesBucketKey ?? bucketDefault)
        return settings
    }
}
