import CofferCrypto
public import CofferModel

/// The settings that an object is stored with.
///
/// Source: S3 API Reference, PutObject, CreateMultipartUpload and CopyObject.
public struct ObjectSettings: Sendable, Equatable {
    /// The `Content-Type`; nil for the service's default, `binary/octet-stream`.
    public var contentType: String?
    /// The `Content-Encoding`: the content is stored and returned as it is.
    public var contentEncoding: String?
    /// The `Content-Disposition`, such as `attachment; filename="a.csv"`.
    public var contentDisposition: String?
    /// The `Content-Language`, such as `en`.
    public var contentLanguage: String?
    /// The `Cache-Control`, such as `max-age=3600`.
    public var cacheControl: String?
    /// The `Expires`, in whole seconds.
    public var expires: Timestamp?
    /// The user's metadata: names without the prefix `x-amz-meta-`; 2,048 bytes in total.
    public var metadata: [String: String] = [:]
    /// Ten tags at most.
    public var tags: [Tag] = []
    /// A canned ACL; nil for the service's default.
    public var acl: CannedACL?
    /// A storage class such as `STANDARD_IA`; nil for `STANDARD`.
    public var storageClass: String?
    /// How the service encrypts the object; nil for the bucket's default.
    public var encryption: Encryption?
    /// The retention and the legal hold; by default those of the bucket.
    public var lock = ObjectLock()
    /// Further header fields.
    public var headers: HeaderFields = [:]

    /// Creates settings; those that are not given are the service's defaults.
    public init(contentType: String? = nil, metadata: [String: String] = [:]) {
        self.contentType = contentType
        self.metadata = metadata
    }

    var headerFields: HeaderFields {
        contentFields + settingFields
            + HeaderFields(lock.headerFields + headers.map { ($0.name.lowercased(), $0.value) })
    }

    /// The fields that describe the content to the object's readers.
    private var contentFields: HeaderFields {
        let fields = HeaderFields(present: [
            "content-type": contentType, "content-encoding": contentEncoding,
            "content-disposition": contentDisposition, "content-language": contentLanguage,
            "cache-control": cacheControl, "expires": expires?.httpDate,
        ])
        let own = metadata.sorted { $0.key < $1.key }.map { ("x-amz-meta-\($0.key.lowercased())", $0.value) }
        return fields + HeaderFields(own)
    }

    private var settingFields: HeaderFields {
        let fields = HeaderFields(present: [
            "x-amz-tagging": tags.isEmpty ? nil : Self.header(tags), "x-amz-acl": acl?.rawValue,
            "x-amz-storage-class": storageClass,
        ])
        return fields + (encryption?.headerFields ?? [:])
    }

    /// Returns tags in the form of query parameters.
    static func header(_ tags: [Tag]) -> String {
        tags.map { "\(PercentEncoding.encode($0.key.utf8))=\(PercentEncoding.encode($0.value.utf8))" }
            .joined(separator: "&")
    }
}

extension ObjectSettings {
    /// How the service encrypts the object.
    public enum Encryption: Sendable, Hashable {
        /// With the service's own keys (SSE-S3).
        case s3
        /// With a key of the key service; nil for the account's own (SSE-KMS).
        ///
        /// - Parameters:
        ///   - usesBucketKey: whether to use a bucket key, so that fewer requests go to the key service; nil for the
        ///     bucket's default.
        ///   - context: included in what the key service encrypts and logs, so it is not secret.
        case kms(keyID: String?, usesBucketKey: Bool? = nil, context: [String: String] = [:])
        /// Twice, with keys of the key service (DSSE-KMS).
        case dsse(keyID: String?, context: [String: String] = [:])

        var headerFields: HeaderFields {
            switch self {
            case .s3: [Self.field: "AES256"]
            case .kms(let keyID, let usesBucketKey, let context):
                Self.keyFields("aws:kms", keyID, context)
                    + HeaderFields(present: ["\(Self.field)-bucket-key-enabled": usesBucketKey.map { String($0) }])
            case .dsse(let keyID, let context): Self.keyFields("aws:kms:dsse", keyID, context)
            }
        }

        private static let field = "x-amz-server-side-encryption"

        private static func keyFields(
            _ algorithm: String, _ keyID: String?, _ context: [String: String]
        ) -> HeaderFields {
            let members = context.sorted { $0.key < $1.key }.map { (name: $0.key, value: JSONText.string($0.value)) }
            return HeaderFields(present: [
                field: algorithm, "\(field)-aws-kms-key-id": keyID,
                "\(field)-context": context.isEmpty ? nil : base64(Array(JSONText.object(members).text.utf8)),
            ])
        }
    }
}
