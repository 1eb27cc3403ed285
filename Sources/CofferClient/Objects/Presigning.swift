import CofferCrypto
public import CofferModel
import CofferSigning

/// Presigned URLs, which grant someone without credentials an operation for a limited time.
///
/// Source: S3 User Guide, "Download and upload objects with presigned URLs"; S3 API Reference, "Authenticating requests:
/// using query parameters".
extension S3Client {
    /// Returns a URL that reads an object.
    ///
    /// - Parameters:
    ///   - bucket: the bucket.
    ///   - key: the object's key.
    ///   - version: the version; nil for the current one.
    ///   - seconds: 1 to 604,800, a week; temporary credentials may expire earlier.
    ///   - responseHeaders: header fields that the response should have, such as `content-disposition`.
    /// - Throws: ``ConfigurationError`` for an invalid time, for a field that cannot be overridden, and without
    ///   credentials.
    public func presignedGet(
        bucket: BucketName, key: ObjectKey, version: VersionID? = nil, seconds: Int = 3600,
        responseHeaders: HeaderFields = [:]
    ) async throws -> String {
        var call = S3Call("GET", bucket, key)
        call.add(query: "versionId", version?.description)
        call.query += try ObjectRequest.query(responseHeaders)
        return try await presign(call, seconds: seconds)
    }

    /// Returns a URL that writes an object with PUT.
    ///
    /// - Parameters:
    ///   - bucket: the bucket.
    ///   - key: the object's key.
    ///   - settings: the request must have the header fields that the settings produce; they are signed.
    ///   - seconds: 1 to 604,800, a week; temporary credentials may expire earlier.
    public func presignedPut(
        bucket: BucketName, key: ObjectKey, settings: ObjectSettings = ObjectSettings(), seconds: Int = 3600
    ) async throws -> String {
        try await presign(S3Call("PUT", bucket, key, headers: settings.headerFields), seconds: seconds)
    }

    /// Returns a URL that reads an object's information with HEAD.
    public func presignedHead(
        bucket: BucketName, key: ObjectKey, version: VersionID? = nil, seconds: Int = 3600
    ) async throws -> String {
        var call = S3Call("HEAD", bucket, key)
        call.add(query: "versionId", version?.description)
        return try await presign(call, seconds: seconds)
    }

    /// Returns a URL that deletes an object with DELETE, or a version permanently.
    public func presignedDelete(
        bucket: BucketName, key: ObjectKey, version: VersionID? = nil, seconds: Int = 3600
    ) async throws -> String {
        var call = S3Call("DELETE", bucket, key)
        call.add(query: "versionId", version?.description)
        return try await presign(call, seconds: seconds)
    }

    /// Returns a URL that writes a part of an upload with PUT. The ETag of the response makes an ``UploadedPart`` to
    /// complete the upload with.
    ///
    /// An upload that was initiated with a checksum, as by a client with ``ClientOptions/checksum``, requires one
    /// for each part: initiate it with a client that has none, or have the checksum sent along.
    ///
    /// - Parameters:
    ///   - upload: the upload.
    ///   - number: 1 to 10,000.
    ///   - seconds: 1 to 604,800, a week; temporary credentials may expire earlier.
    public func presignedUploadPart(
        upload: MultipartUpload, number: Int, seconds: Int = 3600
    ) async throws -> String {
        try await presign(
            S3Call("PUT", upload.bucket, upload.key, query: try upload.query(part: number)), seconds: seconds)
    }

    private func presign(_ call: S3Call, seconds: Int) async throws -> String {
        let credentials = try await checkedCredentials(seconds)
        var call = call
        call.add(query: Self.payerField, payer)
        call.add(query: "X-Amz-Security-Token", credentials.sessionToken)
        let sender = regions.sender(for: call.bucket)
        let (host, path) = call.address(at: sender.endpoint, style)
        let request = SignableRequest(
            method: call.method, path: path, query: call.queryText, headers: [("host", host)] + call.headers.pairs)
        let signed = V4Signer(credentials: credentials.keys, region: sender.region)
            .presign(request, seconds: seconds, at: sender.time)
        return scheme + host + signed.path + "?" + signed.query
    }

    var scheme: String { sender.endpoint.isSecure ? "https://" : "http://" }

    func checkedCredentials(_ seconds: Int) async throws -> S3Credentials {
        guard (1...Limits.presignedSeconds).contains(seconds) else {
            throw ConfigurationError(
                "a presigned request must be valid for 1 to \(Limits.presignedSeconds) seconds, not \(seconds)")
        }
        guard let credentials = try await sender.credentials.load() else {
            throw ConfigurationError(
                "a presigned request needs credentials, and the client is anonymous; give it a CredentialsSource with keys"
            )
        }
        return credentials
    }
}
