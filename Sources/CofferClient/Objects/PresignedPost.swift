public import CofferModel
import CofferSigning

/// Presigned forms, which browsers may send for a limited time.
///
/// Source: S3 API Reference, "Browser-based uploads using POST".
extension S3Client {
    /// Returns a form that writes an object with POST, as browsers send it.
    ///
    /// - Parameters:
    ///   - bucket: the bucket.
    ///   - key: the keys that the form may write; for a prefix, a field `key` of your choice must still be added.
    ///   - seconds: 1 to 604,800, a week; temporary credentials may expire earlier.
    ///   - conditions: further conditions that the form must meet.
    /// - Throws: ``ConfigurationError`` for an invalid time, for negative sizes, and without credentials.
    public func presignedPost(
        bucket: BucketName, key: PostKey, seconds: Int = 3600, conditions: PostConditions = PostConditions()
    ) async throws -> PresignedPost {
        let credentials = try await checkedCredentials(seconds)
        let now = sender.time
        var fields = conditions.fields
        if let token = credentials.sessionToken { fields.append(FormField(name: "x-amz-security-token", value: token)) }
        if case .exactly(let key) = key { fields.append(FormField(name: "key", value: key.description)) }
        let policy = PostPolicy(
            expiration: Timestamp(milliseconds: now.milliseconds + Int64(seconds) * 1000),
            conditions: [.equal(field: "bucket", value: bucket.description)] + key.conditions
                + fields.map { .equal(field: $0.name, value: $0.value) } + (try conditions.others))
        let sender = regions.sender(for: bucket)
        let (host, path) = S3Call("POST", bucket).address(at: sender.endpoint, style)
        let signer = V4Signer(credentials: credentials.keys, region: sender.region)
        let signature = signer.postFields(policy, at: now).map { FormField(name: $0.name, value: $0.value) }
        return PresignedPost(url: scheme + host + path, fields: fields + signature)
    }
}

/// The keys that a form may write.
public enum PostKey: Sendable, Hashable {
    /// One key.
    case exactly(ObjectKey)
    /// All keys with a prefix, which may be empty.
    case beginning(String)

    /// The conditions on the key, besides those of the form's fields.
    fileprivate var conditions: [PostPolicy.Condition] {
        switch self {
        case .exactly: []
        case .beginning(let prefix): [.prefix(field: "key", prefix: prefix)]
        }
    }
}

/// The conditions that a form must meet for its file to be accepted. It may have no other fields.
public struct PostConditions: Sendable, Hashable {
    /// The sizes that the file may have; nil for any.
    public var byteCount: ClosedRange<Int64>?
    /// Fields and their required values, such as `success_action_status`; the presigned form contains them.
    public var fields: [FormField]
    /// Fields and the prefixes of their values, such as `content-type` and `image/`; an empty prefix accepts any value.
    /// All of them must be added to the form.
    public var prefixes: [FormField] = []

    /// Creates conditions.
    public init(byteCount: ClosedRange<Int64>? = nil, fields: [FormField] = []) {
        self.byteCount = byteCount
        self.fields = fields
    }

    /// The conditions that are not already covered by the form's fields.
    fileprivate var others: [PostPolicy.Condition] {
        get throws(ConfigurationError) {
            let prefixes = prefixes.map { PostPolicy.Condition.prefix(field: $0.name, prefix: $0.value) }
            guard let byteCount else { return prefixes }
            guard byteCount.lowerBound >= 0 else {
                throw ConfigurationError("the byteCount of a form must be 0 or more")
            }
            let range = PostPolicy.LengthRange(minimum: byteCount.lowerBound, maximum: byteCount.upperBound)
            return prefixes + [.length(range)]
        }
    }
}

/// A form that is ready to send: its URL, and the fields that go before the file.
public struct PresignedPost: Sendable, Hashable, Codable {
    /// The URL that the form is sent to, with POST.
    public let url: String
    /// In the order in which they must be sent.
    public let fields: [FormField]
}

/// A field of a form.
public struct FormField: Sendable, Hashable, Codable {
    /// The field's name.
    public let name: String
    /// The field's value.
    public let value: String

    /// Creates a field.
    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}
