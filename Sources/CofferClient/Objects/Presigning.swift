import CofferCrypto
public import CofferModel
import CofferSigning

/// Presigned URLs and forms: what someone without credentials may do for a while.
///
/// Source: S3 User Guide, "Download and upload objects with presigned URLs"; S3 API Reference, "Authenticating requests:
/// using query parameters".
extension S3Client {
    /// A URL that reads an object.
    ///
    /// - Parameters:
    ///   - seconds: 1 to 604,800, a week; temporary credentials may end before.
    ///   - answer: header fields that the answer is to have, such as `content-disposition`.
    /// - Throws: ``ConfigurationError`` for another time, for a field that cannot be chosen, and without credentials.
    public func presignedGet(
        _ bucket: BucketName, _ key: ObjectKey, version: VersionID? = nil, seconds: Int = 3600,
        answer: [(name: String, value: String)] = []
    ) async throws -> String {
        var call = S3Call("GET", bucket, key)
        call.add(query: "versionId", version?.description)
        call.query += try ObjectRequest.query(answer)
        return try await presign(call, seconds: seconds)
    }

    /// A URL that writes an object with PUT.
    ///
    /// - Parameter settings: the request must have the header fields that these make; they are signed.
    public func presignedPut(
        _ bucket: BucketName, _ key: ObjectKey, _ settings: ObjectSettings = ObjectSettings(), seconds: Int = 3600
    ) async throws -> String {
        try await presign(S3Call("PUT", bucket, key, headers: settings.headerFields), seconds: seconds)
    }

    /// A form that writes an object with POST, as browsers send it.
    ///
    /// - Parameters:
    ///   - key: the keys that the form may write; for a prefix the field `key` is still to be added, as one likes.
    ///   - byteCount: the sizes that the file may have.
    ///   - fields: further fields and their values, which the form must have so, such as `content-type`.
    public func presignedPost(
        _ bucket: BucketName, key: PostKey, seconds: Int = 3600, byteCount: ClosedRange<Int64>? = nil,
        fields: [(name: String, value: String)] = []
    ) async throws -> PresignedPost {
        let credentials = try await checkedCredentials(seconds)
        let now = sender.now
        var fields = fields
        if let token = credentials.sessionToken { fields.append(("x-amz-security-token", token)) }
        var conditions: [PostPolicy.Condition] = [.equal(field: "bucket", value: bucket.description)]
        switch key {
        case .exactly(let key): fields.append(("key", key.description))
        case .beginning(let prefix): conditions.append(.prefix(field: "key", prefix: prefix))
        }
        conditions += fields.map { .equal(field: $0.name, value: $0.value) }
        if let byteCount {
            let range = PostPolicy.LengthRange(minimum: byteCount.lowerBound, maximum: byteCount.upperBound)
            conditions.append(.length(range))
        }
        let policy = PostPolicy(
            expiration: Timestamp(milliseconds: now.milliseconds + Int64(seconds) * 1000), conditions: conditions)
        let sender = regions.sender(for: bucket)
        let (host, path) = S3Call("POST", bucket).address(at: sender.endpoint, style)
        let signer = V4Signer(credentials: credentials.keys, region: sender.region)
        return PresignedPost(
            url: scheme + host + path, fields: fields + signer.postFields(policy, at: now))
    }

    private func presign(_ call: S3Call, seconds: Int) async throws -> String {
        let credentials = try await checkedCredentials(seconds)
        var call = call
        call.add(query: Self.payerField, payer)
        call.add(query: "X-Amz-Security-Token", credentials.sessionToken)
        let sender = regions.sender(for: call.bucket)
        let (host, path) = call.address(at: sender.endpoint, style)
        let request = SignableRequest(
            method: call.method, path: path, query: call.queryText, headers: [("host", host)] + call.headers)
        let signed = V4Signer(credentials: credentials.keys, region: sender.region)
            .presign(request, seconds: seconds, at: sender.now)
        return scheme + host + signed.path + "?" + signed.query
    }

    private var scheme: String { sender.endpoint.isSecure ? "https://" : "http://" }

    private func checkedCredentials(_ seconds: Int) async throws -> S3Credentials {
        guard (1...Limits.presignedSeconds).contains(seconds) else {
            throw ConfigurationError("a presigned request is valid for 1 to \(Limits.presignedSeconds) seconds")
        }
        guard let credentials = try await sender.credentials.load() else {
            throw ConfigurationError("nothing can be signed without credentials")
        }
        return credentials
    }
}

/// The keys that a form may write.
public enum PostKey: Sendable {
    case exactly(ObjectKey)
    case beginning(String)
}

/// A form that may be sent: where to, and the fields that go before the file.
public struct PresignedPost: Sendable {
    public let url: String
    public let fields: [(name: String, value: String)]
}
