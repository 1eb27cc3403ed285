import CofferCrypto
import CofferHTTP
import CofferModel

/// How an object is to be encrypted: with keys of the server's (SSE-S3), of a key service (SSE-KMS), or of the customer.
///
/// Source: S3 User Guide, "Protecting data with server-side encryption".
enum EncryptionSettings: Sendable {
    case server
    case keyService(KeyServiceSettings)
    case customer(CustomerKey)

    static let field = "x-amz-server-side-encryption"
    static let keyIDField = "x-amz-server-side-encryption-aws-kms-key-id"
    static let bucketKeyField = "x-amz-server-side-encryption-bucket-key-enabled"
    static let contextField = "x-amz-server-side-encryption-context"

    /// What a request asks for.
    ///
    /// - Returns: nil if it leaves it to the bucket.
    /// - Throws: `InvalidArgument` for what is unknown or does not go together, and what ``CustomerKey`` throws.
    static func requested(_ request: S3Request) throws(S3Error) -> EncryptionSettings? {
        let customerKey = try CustomerKey(request)
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

    /// Only a key service has keys to choose from, and contexts for them.
    private static func refuseKeyID(_ request: S3Request) throws(S3Error) {
        for name in [keyIDField, contextField] {
            guard let value = request.headers[name] else { continue }
            throw .invalidArgument(
                "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : "
                    + "aws:kms", name: name, value: value)
        }
    }

    /// Whether a bucket key is asked for, or is not; nil leaves it to the bucket.
    ///
    /// - Throws: `InvalidArgument` for what is neither.
    static func usesBucketKey(_ request: S3Request) throws(S3Error) -> Bool? {
        guard let text = request.headers[bucketKeyField] else { return nil }
        switch text.lowercased() {
        case "true": return true
        case "false": return false
        default: throw .invalidArgument("The value must be true or false", name: bucketKeyField, value: text)
        }
    }

    /// The header fields that tell of it in answers, and stand with the object. SSE-S3 goes without saying.
    func fields(region: String, account: String) -> [(name: String, value: String)] {
        switch self {
        case .server: []
        case .keyService(let settings): settings.fields(region: region, account: account)
        case .customer(let key): key.fields
        }
    }

    /// The fields of an answer: those that stand with the object, or SSE-S3's, as AWS answers for every
    /// object. The context is told to who gave it alone, with ``answeredOnWrite(_:)``.
    static func answered(_ stored: [(name: String, value: String)]) -> [(name: String, value: String)] {
        answeredOnWrite(stored).filter { $0.name != contextField }
    }

    /// The fields of the answer to PutObject, CopyObject and CreateMultipartUpload.
    static func answeredOnWrite(_ stored: [(name: String, value: String)]) -> [(name: String, value: String)] {
        let fields = stored.filter { $0.name.hasPrefix(field) }
        return fields.isEmpty ? [(field, "AES256")] : fields
    }

    /// Refuses, in a request that reads, the header that only writes have.
    static func refuseForRead(_ request: S3Request) throws(S3Error) {
        guard let method = request.headers[field] else { return }
        throw .invalidArgument(
            "x-amz-server-side-encryption header is not supported for this operation.", name: field, value: method)
    }
}

/// Encryption with keys of a key service. There is none beside the server: whichever key is named, the
/// master key wraps the object's.
struct KeyServiceSettings: Sendable {
    /// `aws:kms` or `aws:kms:dsse`.
    let method: String
    /// As it was asked for; nil for the account's usual one.
    let keyID: String?
    /// nil where the request leaves it to the bucket.
    private(set) var usesBucketKey: Bool?
    /// In Base64, as it was given. It is kept and answered; without a key service nothing else comes of it.
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

    /// Whether a text is a JSON object of strings, in Base64.
    private static func isContext(_ text: String) -> Bool {
        // Whatever is wrong with it, it is no context.
        guard let bytes = CofferCrypto.bytes(base64: text), let object = try? JSONValue(document: bytes).object else {
            return false
        }
        return object.members.allSatisfy { $0.value.string != nil }
    }

    /// A key that is named by its id alone is shown by its ARN.
    fileprivate func fields(region: String, account: String) -> [(name: String, value: String)] {
        let prefix = "arn:aws:kms:\(region):\(account):"
        let arn = keyID.map { id in
            if id.hasPrefix("arn:") { return id }
            return prefix + (id.hasPrefix("alias/") ? id : "key/\(id)")
        }
        let fields = [
            (EncryptionSettings.field, method),
            (EncryptionSettings.keyIDField, arn ?? prefix + "key/\(Self.usualKeyID(region: region, account: account))"),
        ]
        return fields + (usesBucketKey == true ? [(EncryptionSettings.bucketKeyField, "true")] : [])
            + (context.map { [(EncryptionSettings.contextField, $0)] } ?? [])
    }

    /// The id of the key that an account has in a region without making one: a UUID, always the same.
    private static func usualKeyID(region: String, account: String) -> String {
        let digits = hex(Digest.of(Array("aws/s3 \(region) \(account)".utf8), .sha256))
        var rest = Substring(digits)
        return [8, 4, 4, 4, 12].map { count in
            defer { rest = rest.dropFirst(count) }
            return String(rest.prefix(count))
        }.joined(separator: "-")
    }

    /// The same where the bucket decides what the request leaves to it. Two layers of encryption have no bucket keys.
    func completed(by state: BucketState) -> KeyServiceSettings {
        var settings = self
        settings.usesBucketKey = method == "aws:kms" && (usesBucketKey ?? state.usesBucketKey)
        return settings
    }
}
