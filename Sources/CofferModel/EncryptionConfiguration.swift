/// The default encryption of a bucket, for objects whose requests do not ask for one.
///
/// Source: S3 API Reference, PutBucketEncryption.
public struct EncryptionConfiguration: Sendable, Equatable {
    /// `AES256`, `aws:kms` or `aws:kms:dsse`.
    public let algorithm: String
    /// The id or ARN of the key of AWS KMS; nil for the account's default key, and always with `AES256`.
    public let keyID: String?
    /// Whether objects share a data key of the bucket, which saves requests to AWS KMS.
    public let usesBucketKey: Bool
    /// The encryption types that are not allowed, such as `SSE-C`; `NONE` blocks nothing.
    public let blockedTypes: [String]

    /// The blocked type that stands for encryption with customer-provided keys.
    package static let customerKeys = "SSE-C"

    /// Whether writing objects with customer-provided keys is blocked.
    package var blocksCustomerKeys: Bool { blockedTypes.contains(Self.customerKeys) }

    /// The settings of a bucket without a configuration.
    public static let initial = EncryptionConfiguration(algorithm: "AES256", keyID: nil, usesBucketKey: false)

    /// The initial settings, with customer-provided keys blocked.
    package static let withoutCustomerKeys = EncryptionConfiguration(
        algorithm: "AES256", keyID: nil, usesBucketKey: false, blockedTypes: [customerKeys])

    /// Creates a configuration, unchecked.
    ///
    /// - Parameters:
    ///   - algorithm: `AES256`, `aws:kms` or `aws:kms:dsse`.
    ///   - keyID: the id or ARN of the key; nil for the default key.
    ///   - usesBucketKey: whether objects share a data key of the bucket.
    ///   - blockedTypes: the encryption types that are not allowed, such as `SSE-C`.
    public init(algorithm: String, keyID: String?, usesBucketKey: Bool, blockedTypes: [String] = []) {
        self.algorithm = algorithm
        self.keyID = keyID
        self.usesBucketKey = usesBucketKey
        self.blockedTypes = blockedTypes
    }

    /// Reads a document.
    ///
    /// - Throws: `MalformedXML` for a document that does not match the schema, `InvalidArgument` for a key id with an
    ///   algorithm that takes none.
    public init(document: [UInt8]) throws(S3Error) {
        let root = try XMLElement.parse(document, root: "ServerSideEncryptionConfiguration")
        let rules = root.all("Rule")
        try root.rejectUnknownChildren(["Rule"])
        for rule in rules {
            try rule.rejectUnknownChildren([
                "ApplyServerSideEncryptionByDefault", "BucketKeyEnabled", "BlockedEncryptionTypes",
            ])
            try rule["ApplyServerSideEncryptionByDefault"]?.rejectUnknownChildren(["SSEAlgorithm", "KMSMasterKeyID"])
            try rule["BlockedEncryptionTypes"]?.rejectUnknownChildren([], lists: ["EncryptionType"])
        }
        let encryption = rules.first?["ApplyServerSideEncryptionByDefault"]
        let blocked = rules.first?["BlockedEncryptionTypes"]?.all("EncryptionType").map(\.text)
        // A rule may consist of blocked types alone.
        let algorithm = encryption.map { $0["SSEAlgorithm"]?.text ?? "" } ?? (blocked == nil ? "" : "AES256")
        guard rules.count == 1, ["AES256", "aws:kms", "aws:kms:dsse"].contains(algorithm) else {
            throw S3Error(.malformedXML)
        }
        self.algorithm = algorithm
        keyID = encryption?["KMSMasterKeyID"].map(\.text)
        usesBucketKey = try rules[0].flag("BucketKeyEnabled") ?? false
        blockedTypes = blocked ?? []
        guard [[], ["NONE"], [Self.customerKeys]].contains(blockedTypes) else { throw S3Error(.malformedXML) }
        guard keyID == nil || algorithm != "AES256" else {
            throw .invalidArgument(
                "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse",
                name: "ApplyServerSideEncryptionByDefault", value: algorithm)
        }
    }

    /// The document, as GetBucketEncryption returns it.
    public var document: [UInt8] {
        XMLWriter.document("ServerSideEncryptionConfiguration") { xml in
            xml.element("Rule") { xml in
                xml.element("ApplyServerSideEncryptionByDefault") { xml in
                    xml.element("SSEAlgorithm", algorithm)
                    xml.optional("KMSMasterKeyID", keyID)
                }
                xml.element("BucketKeyEnabled", String(usesBucketKey))
                guard !blockedTypes.isEmpty else { return }
                xml.element("BlockedEncryptionTypes") { xml in
                    for type in blockedTypes { xml.element("EncryptionType", type) }
                }
            }
        }
    }
}
