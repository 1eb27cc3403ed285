public import CofferModel

/// PutObject, GetObject, HeadObject and DeleteObject.
extension S3Client {
    /// Writes an object in one request, with its checksum. Use ``upload(file:bucket:key:settings:options:if:progress:)`` for large
    /// content.
    ///
    /// - Parameters:
    ///   - bucket: the bucket.
    ///   - key: the object's key.
    ///   - body: 5 GiB at most: an array, a `Data`, or the `utf8` of a string.
    ///   - settings: what the object is stored with besides its bytes.
    ///   - condition: the condition that the replaced object must meet; nil for none.
    @discardableResult
    public func putObject(
        bucket: BucketName, key: ObjectKey, body: some Sequence<UInt8>,
        settings: ObjectSettings = ObjectSettings(), if condition: WriteCondition? = nil
    ) async throws -> WrittenObject {
        try await put(.bytes(Array(body)[...]), to: bucket, key, settings, if: condition)
    }

    func put(
        _ body: HTTPRequestBody, to bucket: BucketName, _ key: ObjectKey, _ settings: ObjectSettings,
        if condition: WriteCondition?, sent: (@Sendable (Int64) -> Void)? = nil
    ) async throws -> WrittenObject {
        let digest = try await sender.digest(of: body, checksum: sender.options.checksum)
        var call = S3Call("PUT", bucket, key, headers: settings.headerFields, body: body)
        call.bodyHash = digest.sha256 ?? "UNSIGNED-PAYLOAD"
        call.add(digest.checksum)
        call.add(customerKey)
        call.sent = sent
        if let condition { call.headers += condition.headerField }
        return try WrittenObject(try await send(call).head, sent: digest.checksum)
    }

    /// Reads an object, or a range of it, as it arrives. A broken connection is resumed where it broke off.
    ///
    /// The checksum of an entire object is verified at its end; a checksum of parts' checksums is not, nor is a range:
    /// use ``download(bucket:key:version:to:options:progress:)`` for those.
    ///
    /// - Throws: `NoSuchKey`; `InvalidRange` for a range outside the object; `NotModified` and `PreconditionFailed` for
    ///   conditions that are not met.
    public func getObject(
        bucket: BucketName, key: ObjectKey, version: VersionID? = nil, range: ByteRange? = nil,
        if conditions: ReadConditions = ReadConditions()
    ) async throws -> ObjectContent {
        let portion = range.map(ObjectRequest.Portion.range) ?? .all
        return try await getObject(
            bucket: bucket, key: key, request: ObjectRequest(version: version, portion: portion, if: conditions))
    }

    /// Reads an object, or a range or part of it, as it arrives, with the response that the request specifies.
    public func getObject(
        bucket: BucketName, key: ObjectKey, request: ObjectRequest
    ) async throws -> ObjectContent {
        var call = try request.call("GET", bucket, key)
        call.add(customerKey)
        return try await ObjectContent.open(call, request.portion, self)
    }

    /// Returns an object's information, without its bytes.
    ///
    /// - Throws: `NotFound` if the object does not exist: the response has no document that could say more.
    public func headObject(
        bucket: BucketName, key: ObjectKey, version: VersionID? = nil,
        if conditions: ReadConditions = ReadConditions()
    ) async throws -> ObjectInfo {
        try await headObject(bucket: bucket, key: key, request: ObjectRequest(version: version, if: conditions))
    }

    /// Returns the information of an object, or of a range or part of it, with the response that the request specifies.
    public func headObject(bucket: BucketName, key: ObjectKey, request: ObjectRequest) async throws -> ObjectInfo {
        var call = try request.call("HEAD", bucket, key)
        call.add(customerKey)
        return ObjectInfo(try await send(call).head)
    }

    /// Returns whether an object exists and can be read. It is false for an object hidden by a delete marker, and for a
    /// missing bucket.
    ///
    /// - Throws: `AccessDenied` to callers that may not list the bucket: no service then reveals whether the object
    ///   exists.
    public func objectExists(bucket: BucketName, key: ObjectKey, version: VersionID? = nil) async throws -> Bool {
        do {
            return try await !headObject(bucket: bucket, key: key, version: version).isDeleteMarker
        } catch let error as S3Error where error.code.status == 404 || error.isOfDeleteMarker {
            return false
        }
    }

    /// Deletes an object, or hides it behind a delete marker in a versioned bucket; the object need not exist.
    ///
    /// - Parameters:
    ///   - bucket: the bucket.
    ///   - key: the object's key.
    ///   - version: the version to delete permanently.
    ///   - tag: deletes only an object with this ETag; nil for any.
    ///   - bypassesGovernance: ignores a retention in governance mode, if the caller is allowed to.
    @discardableResult
    public func deleteObject(
        bucket: BucketName, key: ObjectKey, version: VersionID? = nil, ifMatches tag: ETag? = nil,
        bypassesGovernance: Bool = false
    ) async throws -> DeletedObject {
        var call = S3Call("DELETE", bucket, key)
        call.add(query: "versionId", version?.description)
        call.add("if-match", tag?.description)
        if bypassesGovernance { call.add("x-amz-bypass-governance-retention", "true") }
        let info = ObjectInfo(try await send(call).head)
        return DeletedObject(key: key, version: info.version, isDeleteMarker: info.isDeleteMarker)
    }
}

extension S3Error {
    /// Whether the requested version is a delete marker, which cannot be read.
    fileprivate var isOfDeleteMarker: Bool {
        code.status == 405 && headers["x-amz-delete-marker"] == "true"
    }
}

/// The result of a deletion.
public struct DeletedObject: Sendable, Hashable, Codable {
    /// The object's key.
    public let key: ObjectKey
    /// The version that was deleted, or the delete marker that was created.
    public let version: VersionID?
    /// Whether that version is a delete marker.
    public let isDeleteMarker: Bool
}

extension ByteRange {
    /// The range as the value of a `Range` header.
    var headerValue: String {
        switch self {
        case .from(let first, let last?): "bytes=\(first)-\(last)"
        case .from(let first, nil): "bytes=\(first)-"
        case .suffix(let count): "bytes=-\(count)"
        }
    }

    init(_ range: Range<Int64>) { self = .from(range.lowerBound, through: range.upperBound - 1) }
}
