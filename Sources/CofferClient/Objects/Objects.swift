public import CofferModel

/// PutObject, GetObject, HeadObject and DeleteObject.
extension S3Client {
    /// Writes an object in one piece, with its checksum. For what is long there is ``upload(file:to:_:_:options:if:progress:)``.
    ///
    /// - Parameter bytes: 5 GiB at most: an array, a `Data`, or the `utf8` of a text.
    @discardableResult
    public func putObject(
        _ bucket: BucketName, _ key: ObjectKey, _ bytes: some Sequence<UInt8>,
        _ settings: ObjectSettings = ObjectSettings(), if condition: WriteCondition? = nil
    ) async throws -> WrittenObject {
        try await put(.bytes(Array(bytes)[...]), to: bucket, key, settings, if: condition)
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
        if let condition { call.headers.append(condition.headerField) }
        return try WrittenObject(try await send(call).head, sent: digest.checksum)
    }

    /// Reads an object, or a range of it, as it comes. A connection that breaks is made again where it broke off.
    ///
    /// The checksum of a whole object is verified at its end; one of parts' checksums is not, nor is a range: there is
    /// ``download(_:_:version:to:options:progress:)``.
    ///
    /// - Throws: `NoSuchKey`; `InvalidRange` for a range outside the object; `NotModified` and `PreconditionFailed` for
    ///   conditions that do not hold.
    public func getObject(
        _ bucket: BucketName, _ key: ObjectKey, version: VersionID? = nil, range: ByteRange? = nil,
        if conditions: ReadConditions = ReadConditions()
    ) async throws -> ObjectContent {
        let portion = range.map(ObjectRequest.Portion.range) ?? .all
        return try await getObject(bucket, key, ObjectRequest(version: version, portion, if: conditions))
    }

    /// Reads an object, or a range or part of it, as it comes, answered as the request says.
    public func getObject(
        _ bucket: BucketName, _ key: ObjectKey, _ request: ObjectRequest
    ) async throws -> ObjectContent {
        var call = try request.call("GET", bucket, key)
        call.add(customerKey)
        return try await ObjectContent.open(call, request.portion, self)
    }

    /// What there is to know of an object, without its bytes.
    ///
    /// - Throws: `NotFound` where there is none: the answer has no document that could say more.
    public func headObject(
        _ bucket: BucketName, _ key: ObjectKey, version: VersionID? = nil,
        if conditions: ReadConditions = ReadConditions()
    ) async throws -> ObjectInfo {
        try await headObject(bucket, key, ObjectRequest(version: version, if: conditions))
    }

    /// What there is to know of an object, or of a range or part of it, answered as the request says.
    public func headObject(_ bucket: BucketName, _ key: ObjectKey, _ request: ObjectRequest) async throws -> ObjectInfo
    {
        var call = try request.call("HEAD", bucket, key)
        call.add(customerKey)
        return ObjectInfo(try await send(call).head)
    }

    /// Whether an object is there, and can be read. It is not where a delete marker hides it, or its bucket is not there.
    ///
    /// - Throws: `AccessDenied` to who may not list the bucket: then no service tells whether it is there.
    public func objectExists(_ bucket: BucketName, _ key: ObjectKey, version: VersionID? = nil) async throws -> Bool {
        do {
            return try await !headObject(bucket, key, version: version).isDeleteMarker
        } catch let error as S3Error where error.code.status == 404 || error.isOfDeleteMarker {
            return false
        }
    }

    /// Deletes an object, or hides it behind a delete marker in a bucket with versions; it need not be there.
    ///
    /// - Parameters:
    ///   - version: the one to delete for good.
    ///   - bypassesGovernance: passes over a retention in governance mode, if the caller may.
    @discardableResult
    public func deleteObject(
        _ bucket: BucketName, _ key: ObjectKey, version: VersionID? = nil, ifMatches tag: ETag? = nil,
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
    /// Whether a version was asked for that is a delete marker, of which there is nothing to read.
    fileprivate var isOfDeleteMarker: Bool {
        code.status == 405 && headers.contains { $0.name == "x-amz-delete-marker" && $0.value == "true" }
    }
}

/// What a deletion did.
public struct DeletedObject: Sendable {
    public let key: ObjectKey
    /// The version that was deleted, or the delete marker that was made.
    public let version: VersionID?
    /// Whether that is a delete marker.
    public let isDeleteMarker: Bool
}

extension ByteRange {
    /// As the `Range` header has it.
    var headerValue: String {
        switch self {
        case .from(let first, let last?): "bytes=\(first)-\(last)"
        case .from(let first, nil): "bytes=\(first)-"
        case .suffix(let count): "bytes=-\(count)"
        }
    }

    init(_ range: Range<Int64>) { self = .from(range.lowerBound, through: range.upperBound - 1) }
}
