import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Stores a range of an object as a part of an upload. Its bytes are read for their MD5, which is the part's ETag, and
/// rewritten.
struct UploadPartCopy: S3Operation {
    static let mayTakeLong = true
    static let anonymousRefusal: String? = AnonymousRefusal.copy

    private static let rangeField = "x-amz-copy-source-range"

    private let reference: UploadReference
    private let partNumber: Int
    private let source: RequestedCopySource
    private let range: ByteRange?
    private let rangeHeader: String
    private let customerKey: CustomerProvidedKey?

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        [try request.permission("s3:PutObject"), try RequestedCopySource(request).permission]
    }

    init(_ request: S3Request) throws(S3Error) {
        reference = try UploadReference(request)
        partNumber = try PartNumber.parse(request.query["partNumber"] ?? "")
        source = try RequestedCopySource(request)
        customerKey = try CustomerProvidedKey(request)
        rangeHeader = request.headers[Self.rangeField] ?? ""
        range = rangeHeader.isEmpty ? nil : ByteRange(rangeHeader)
        guard request.headers[Self.rangeField] != nil else { return }
        guard case .from(_, through: .some) = range else {
            throw .invalidArgument(
                "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the "
                    + "zero-based offsets of the first and last bytes to copy",
                name: Self.rangeField, value: rangeHeader)
        }
    }

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        _ = try body.finish()
        let upload = try await reference.find(call)
        try call.requireWriter(ofObjectOf: upload.owner)
        try call.requireUnblocked(customerKey)
        let sealing = try upload.sealing(customerKey, call.service.keyring)
        let (bucket, sourceBucket) = (try call.bucket, try call.state(of: .source).bucket)
        let (record, copied) = try await source.retrying { () async throws(S3Error) in
            let record = try await source.find(call)
            let content = ObjectContentSource(
                record: record, bucket: sourceBucket, range: try stretch(of: record),
                key: try call.service.keyring.objectKey(of: record.encryption, source.customerKey))
            let copied = try await mappingAsyncStorageErrors { () async throws(StorageError) in
                try await content.copy(upload.neededChecksum.algorithm, sealing: sealing, call.service)
            }
            return (record, copied)
        }
        let modified = try await reference.awaitUpload { () async throws(StorageError) in
            try await call.service.store.put(
                copied.body, asPart: partNumber, of: upload, etag: copied.etag,
                checksum: copied.checksum.value)
        }
        var response = HTTPResponse.xml(
            XMLWriter.document("CopyPartResult") { xml in
                xml.element("LastModified", modified)
                xml.element("ETag", copied.etag.description)
                if upload.checksum != nil { xml.element(copied.checksum.algorithm.element, copied.checksum.value) }
            })
        response.headers += EncryptionSettings.answered(upload.attributes.fields) + upload.versionFields(in: bucket)
        response.headers += record.copySourceVersionFields(in: sourceBucket)
        return response
    }

    /// Returns the range to copy. Unlike the range of a read, it must lie within the object.
    ///
    /// - Throws: `InvalidRequest` for a range that begins at or beyond the object's end, `InvalidArgument` for one that
    ///   only ends there.
    private func stretch(of record: ObjectRecord) throws(S3Error) -> Range<Int64> {
        guard case .from(let first, let last?) = range else {
            try RequestedCopySource.requireWholeCopy(of: record)
            return 0..<record.size
        }
        guard first < record.size else {
            throw S3Error(.invalidRequest, "The specified copy range is invalid for the source object size")
        }
        guard last < record.size else {
            throw .invalidArgument(
                "Range specified is not valid for source object of size: \(record.size)",
                name: Self.rangeField, value: rangeHeader)
        }
        guard last - first < Limits.putByteCount else {
            throw S3Error(.entityTooLarge, details: [("MaxSizeAllowed", String(Limits.putByteCount))])
        }
        return first..<(last + 1)
    }
}
