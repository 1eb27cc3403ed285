import CofferAccess
import CofferCrypto
import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Creates an object from the parts of an upload. No bytes are moved, whatever the size.
///
/// A repeated request gets the same response: the client may have missed the first one.
struct CompleteMultipartUpload: S3Operation {
    static let body = BodyKind.document(limit: Limits.partsDocumentByteCount, hasChecksum: false)
    static let mayTakeLong = true

    private let reference: UploadReference
    private var conditions: WritePreconditions
    private let objectByteCount: Int64?
    private let expectation: ExpectedChecksum
    private let customerKey: CustomerProvidedKey?

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        [try request.permission("s3:PutObject")] + (try WritePreconditions.permissions(for: request))
    }

    init(_ request: S3Request) throws(S3Error) {
        reference = try UploadReference(request)
        conditions = try WritePreconditions(request, key: reference.key)
        customerKey = try CustomerProvidedKey(request)
        expectation = try ExpectedChecksum(request)
        let sizeHeader = "x-amz-mp-object-size"
        objectByteCount = try request.headers[sizeHeader].map { text throws(S3Error) in
            guard let count = Int64(text), count >= 0 else {
                throw S3Error(.invalidRequest, "Value for x-amz-mp-object-size header is invalid.")
            }
            return count
        }
    }

    mutating func prepare(_ call: Authorized<Self>) async throws(S3Error) -> BodyRequirements {
        try await conditions.prepare(call)
        return BodyRequirements()
    }

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let list = try PartList(document: try body.finish().document, uploadID: reference.uploadID)
        guard let upload = try await reference.findEvenEnded(call) else { throw reference.missing }
        try call.requireWriter(ofObjectOf: upload.owner)
        try list.requireParts()
        if let completed = upload.completed {
            guard completed.etag == list.etag else { throw reference.missing }
            return try response(completed.etag, completed.version, upload.attributes, call)
        }
        guard upload.ended == nil else { throw reference.missing }
        if customerKey != nil { _ = try upload.objectKey(customerKey, call.service.keyring) }
        try expectation.check(upload)
        let (bucket, condition) = (try call.bucket, try await conditions.condition(call))
        let written: WriteOutcome
        do throws(StorageError) {
            written = try await call.service.store.complete(
                upload, in: bucket, condition: condition, conflict: conditions.conflict
            ) { parts throws(S3Error) in try complete(upload, list, parts) }
        } catch {
            if case .noSuchUpload = error { return try await repeated(list, call) }
            throw S3Error(storage: error)
        }
        return try response(written.record.etag, written.record.version, written.record.attributes, call)
    }

    /// Responds where another request completed the upload concurrently.
    private func repeated(_ list: PartList, _ call: Authorized<Self>) async throws(S3Error) -> HTTPResponse {
        guard let upload = try await reference.findEvenEnded(call), let completed = upload.completed,
            completed.etag == list.etag
        else { throw reference.missing }
        return try response(completed.etag, completed.version, upload.attributes, call)
    }

    // MARK: The object

    private func complete(
        _ upload: Upload, _ list: PartList, _ uploaded: [PartRecord]
    ) throws(S3Error) -> UploadCompletion {
        let parts = try list.choose(from: uploaded, upload: upload)
        let size = parts.reduce(0) { $0 + $1.size }
        guard size <= Limits.objectByteCount else {
            throw S3Error(.entityTooLarge, details: [("MaxSizeAllowed", String(Limits.objectByteCount))])
        }
        guard objectByteCount == nil || objectByteCount == size else {
            throw S3Error(
                .invalidRequest,
                "The provided 'x-amz-mp-object-size' header value \(objectByteCount ?? 0) does not match what was computed: \(size)"
            )
        }
        var attributes = upload.attributes
        let checksum = try StoredChecksum(of: parts, upload.neededChecksum)
        try expectation.check(checksum)
        attributes.fields += checksum?.fields ?? []
        return UploadCompletion(parts: parts.map(\.number), etag: list.etag, attributes: attributes)
    }

    private func response(
        _ etag: ETag, _ version: VersionID, _ attributes: StoredAttributes, _ call: Authorized<Self>
    ) throws(S3Error) -> HTTPResponse {
        let bucket = try call.bucket
        let location = try call.request.location(of: reference.key)
        var response = HTTPResponse.xml(
            XMLWriter.document("CompleteMultipartUploadResult") { xml in
                xml.element("Location", location)
                xml.element("Bucket", bucket.name.description)
                xml.element("Key", reference.key.description)
                xml.element("ETag", etag.description)
                attributes.checksum?.write(to: &xml)
            })
        response.headers += EncryptionSettings.answered(attributes.fields)
        if !version.isNull { response.headers.append(("x-amz-version-id", version.description)) }
        return response
    }
}
