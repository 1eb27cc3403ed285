public import CofferModel

/// Multipart uploads, step by step. ``upload(file:bucket:key:settings:options:if:progress:)`` does all the steps.
///
/// Source: S3 User Guide, "Uploading and copying objects using multipart upload".
extension S3Client {
    /// Initiates an upload, whose parts will carry the client's checksum.
    public func createMultipartUpload(
        bucket: BucketName, key: ObjectKey, settings: ObjectSettings = ObjectSettings()
    ) async throws -> MultipartUpload {
        var call = S3Call(
            "POST", bucket, key, query: [("uploads", nil)], headers: settings.headerFields, body: .bytes([]))
        if let algorithm = sender.options.checksum {
            call.add("x-amz-checksum-algorithm", algorithm.rawValue)
            call.add("x-amz-checksum-type", algorithm.uploadType.rawValue)
        }
        call.add(customerKey)
        let (root, head) = try await document(call)
        guard let id = root.text("UploadId") else {
            throw TransportError(.badResponse, "the service initiated an upload and returned no ID")
        }
        return MultipartUpload(bucket: bucket, key: key, id: id, head)
    }

    /// Writes a part, with the client's checksum.
    ///
    /// - Parameters:
    ///   - upload: the upload.
    ///   - number: 1 to 10,000; an existing part with this number is replaced.
    ///   - body: at least 5 MiB for every part but the last.
    public func uploadPart(
        upload: MultipartUpload, number: Int, body: some Sequence<UInt8>
    ) async throws -> UploadedPart {
        let body = HTTPRequestBody.bytes(Array(body)[...])
        let digest = try await sender.digest(of: body, checksum: sender.options.checksum)
        return try await uploadPart(upload: upload, number: number, body: body, digest: digest)
    }

    func uploadPart(
        upload: MultipartUpload, number: Int, body: HTTPRequestBody, digest: BodyDigest,
        sent: (@Sendable (Int64) -> Void)? = nil
    ) async throws -> UploadedPart {
        var call = S3Call("PUT", upload.bucket, upload.key, query: try upload.query(part: number), body: body)
        call.bodyHash = digest.sha256 ?? "UNSIGNED-PAYLOAD"
        call.add(digest.checksum)
        call.add(customerKey)
        call.sent = sent
        let info = ObjectInfo(try await send(call).head)
        try digest.checksum?.mustAgree(with: info.checksums)
        return UploadedPart(
            number: number, byteCount: body.byteCount, eTag: try ETag(written: info["etag"]),
            checksums: digest.checksum.map { [$0] } ?? info.checksums)
    }

    /// Copies a part from an existing object.
    ///
    /// - Parameters:
    ///   - upload: the upload.
    ///   - number: 1 to 10,000; an existing part with this number is replaced.
    ///   - source: the object to copy from.
    ///   - range: the part's offsets in the source; nil for the entire source.
    ///   - conditions: the conditions that the source must meet.
    /// - Throws: ``ConfigurationError`` for an empty range: services would interpret it as a different one.
    public func uploadPartCopy(
        upload: MultipartUpload, number: Int, from source: CopySource, range: Range<Int64>? = nil,
        ifSource conditions: ReadConditions = ReadConditions()
    ) async throws -> UploadedPart {
        if let range, range.isEmpty || range.lowerBound < 0 {
            throw ConfigurationError("the range of a part must have at least one byte, from 0 on, and not be \(range)")
        }
        var call = S3Call("PUT", upload.bucket, upload.key, query: try upload.query(part: number), body: .bytes([]))
        call.add("x-amz-copy-source", source.headerValue)
        call.add("x-amz-copy-source-range", range.map { ByteRange($0).headerValue })
        call.headers += conditions.headerFields(prefix: "x-amz-copy-source-")
        call.add(source.customerKey, prefix: "x-amz-copy-source-")
        call.add(customerKey)
        let (root, _) = try await document(call)
        return UploadedPart(
            number: number, byteCount: range.map { $0.upperBound - $0.lowerBound },
            eTag: try ETag(written: root.text("ETag")), checksums: root.checksums)
    }

    /// Aborts an upload, and frees its parts.
    public func abortMultipartUpload(upload: MultipartUpload) async throws {
        _ = try await send(S3Call("DELETE", upload.bucket, upload.key, query: [("uploadId", upload.id)]))
    }

    /// Lists an upload's parts, in order.
    ///
    /// - Parameters:
    ///   - upload: the upload.
    ///   - pageSize: the most parts that one request asks for, 1 to 1,000; nil leaves it to the service.
    public func listParts(upload: MultipartUpload, pageSize: Int? = nil) -> Listing<UploadedPart> {
        Listing { from in
            let page = try await partsPage(upload, after: from.first?.value, size: pageSize)
            return Listing<UploadedPart>.Page(
                elements: page.parts, next: page.next.map { [("part-number-marker", $0)] })
        }
    }

    /// Returns a page of an upload's parts.
    ///
    /// - Parameter marker: the number of the part that precedes the page.
    func partsPage(
        _ upload: MultipartUpload, after marker: String?, size: Int? = nil
    ) async throws -> PartsPage {
        var call = S3Call("GET", upload.bucket, upload.key, query: [("uploadId", upload.id)])
        call.add(query: "part-number-marker", marker)
        call.add(query: "max-parts", try size.map { try ListingOptions.checked($0) })
        let (root, _) = try await document(call)
        return PartsPage(
            parts: try root.all("Part").map { try UploadedPart($0) },
            checksum: root.text("ChecksumAlgorithm").flatMap(ChecksumAlgorithm.init),
            checksumType: root.text("ChecksumType").flatMap(ChecksumType.init),
            next: try root.marker("NextPartNumberMarker", after: marker))
    }
}

/// A multipart upload that was initiated.
public struct MultipartUpload: Sendable, Hashable, Codable {
    /// The bucket of the object that the upload will make.
    public let bucket: BucketName
    /// The key of the object that the upload will make.
    public let key: ObjectKey
    /// The upload's ID, which the service chose.
    public let id: String
    /// When a lifecycle rule will abort the upload, if the service reported that when it was initiated.
    public private(set) var abortDate: Timestamp?

    init(bucket: BucketName, key: ObjectKey, id: String, _ head: HTTPResponseHead) {
        self.init(bucket: bucket, key: key, id: id)
        abortDate = head["x-amz-abort-date"].flatMap { Timestamp(parsing: $0) }
    }

    /// Creates a reference to an upload that was initiated elsewhere.
    public init(bucket: BucketName, key: ObjectKey, id: String) {
        self.bucket = bucket
        self.key = key
        self.id = id
    }

    /// - Throws: ``ConfigurationError`` for an invalid part number.
    func query(part number: Int) throws(ConfigurationError) -> [(name: String, value: String?)] {
        [("partNumber", String(try UploadedPart.checkedNumber(number))), ("uploadId", id)]
    }

    /// The time when a lifecycle rule aborts an upload is not part of its identity.
    public static func == (left: MultipartUpload, right: MultipartUpload) -> Bool {
        (left.bucket, left.key, left.id) == (right.bucket, right.key, right.id)
    }

    /// Hashes the ID only.
    public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

/// A part that is stored by the service.
public struct UploadedPart: Sendable, Hashable, Codable {
    /// The part's number, 1 to 10,000.
    public let number: Int
    /// nil for a copy of an entire object.
    public let byteCount: Int64?
    /// The part's ETag.
    public let eTag: ETag
    /// The part's checksums.
    public let checksums: [Checksum]

    /// Creates a part that others have uploaded, such as a browser with a presigned URL.
    ///
    /// - Parameters:
    ///   - number: 1 to 10,000.
    ///   - eTag: the ETag that the service returned for the part.
    ///   - byteCount: nil if it is unknown.
    ///   - checksums: those that the service returned; if the upload was initiated with a checksum, completing it
    ///     requires them.
    /// - Throws: ``ConfigurationError`` for an invalid part number or length.
    public init(
        number: Int, eTag: ETag, byteCount: Int64? = nil, checksums: [Checksum] = []
    ) throws(ConfigurationError) {
        guard (byteCount ?? 0) >= 0 else { throw ConfigurationError("the byteCount of a part must be 0 or more") }
        self.init(
            number: try Self.checkedNumber(number), byteCount: byteCount, eTag: eTag, checksums: checksums)
    }

    /// - Throws: ``ConfigurationError`` for an invalid part number.
    static func checkedNumber(_ number: Int) throws(ConfigurationError) -> Int {
        guard (1...Limits.partCount).contains(number) else {
            throw ConfigurationError("the number of a part must be 1 to \(Limits.partCount), not \(number)")
        }
        return number
    }

    var withoutChecksums: UploadedPart {
        UploadedPart(number: number, byteCount: byteCount, eTag: eTag, checksums: [])
    }

    init(number: Int, byteCount: Int64?, eTag: ETag, checksums: [Checksum]) {
        self.number = number
        self.byteCount = byteCount
        self.eTag = eTag
        self.checksums = checksums
    }

    /// - Throws: ``TransportError`` for an unreadable part: an object is made from the listed parts.
    init(_ element: XMLElement) throws(TransportError) {
        guard let number = element.number("PartNumber"), let tag = element.text("ETag") else {
            throw TransportError(.badResponse, "the service's listing has a part without a number or an ETag")
        }
        self.number = Int(number)
        byteCount = element.number("Size")
        eTag = ETag(header: tag)
        checksums = element.checksums
    }

    func write(to xml: inout XMLWriter) {
        xml.element("PartNumber", String(number))
        xml.element("ETag", eTag.description)
        for checksum in checksums { xml.element(checksum.algorithm.element, checksum.value) }
    }
}

struct PartsPage: Sendable {
    let parts: [UploadedPart]
    /// The checksum that the upload was initiated with, where the service reports it.
    let checksum: ChecksumAlgorithm?
    let checksumType: ChecksumType?
    /// The marker of the next page.
    let next: String?
}

extension ChecksumAlgorithm {
    /// The checksum type that uploads are initiated with: full-object if it can be derived from the parts' checksums.
    var uploadType: ChecksumType { multipartTypes.contains(.fullObject) ? .fullObject : .composite }
}
