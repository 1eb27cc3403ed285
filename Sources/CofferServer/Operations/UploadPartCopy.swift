import CofferAccess
import CofferCrypto
import CofferHTTP
import CofferModel
import CofferStorage

/// Stores a stretch of an object as a part of an upload. Its bytes are read for their MD5, which is the part's ETag, and
/// written anew.
struct UploadPartCopy: S3Operation {
    static let mayBeLate = true

    private let reference: UploadReference
    private let partNumber: Int
    private let source: CopySource
    private let range: ByteRange?
    private let rangeHeader: String
    private let customerKey: CustomerKey?

    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        [
            Permission("s3:PutObject", bucket: try request.bucketName(), key: try request.key()),
            try CopySource(request).permission,
        ]
    }

    init(_ request: S3Request) throws(S3Error) {
        reference = try UploadReference(request)
        partNumber = try PartNumber.parse(request.query["partNumber"] ?? "")
        source = try CopySource(request)
        customerKey = try CustomerKey(request)
        let header = "x-amz-copy-source-range"
        rangeHeader = request.headers[header] ?? ""
        range = rangeHeader.isEmpty ? nil : ByteRange(rangeHeader)
        guard request.headers[header] != nil else { return }
        guard case .from(_, through: .some) = range else {
            throw .invalidArgument(
                "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the "
                    + "zero-based offsets of the first and last bytes to copy",
                name: header, value: rangeHeader)
        }
    }

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        _ = try body.finish()
        let upload = try reference.find(call)
        let record = try source.find(call, at: 1)
        let stretch = try stretch(of: record)
        let keyring = call.service.keyring
        let content = ContentCopy(
            upload.neededChecksum.algorithm, sealing: try upload.sealing(customerKey, keyring))
        let sourceBucket = try call.state(at: 1).bucket
        let copied = try await content.run(
            record, in: sourceBucket, stretch, key: try keyring.objectKey(of: record.encryption, source.customerKey),
            call.service)
        let bucket = try call.bucket
        let modified: Timestamp
        do throws(StorageError) {
            modified = try await call.service.store.put(
                copied.body, asPart: partNumber, of: upload, in: bucket, etag: copied.etag,
                checksum: copied.checksum.value)
        } catch {
            if case .noSuchUpload = error { throw reference.missing }
            throw S3Error(error)
        }
        var response = HTTPResponse.xml(
            XMLWriter.document("CopyPartResult") { xml in
                xml.element("LastModified", modified.iso8601)
                xml.element("ETag", copied.etag.description)
                if upload.checksum != nil { xml.element(copied.checksum.algorithm.element, copied.checksum.value) }
            })
        response.headers += EncryptionSettings.answered(upload.attributes.fields)
        if sourceBucket.versioning != .neverEnabled {
            response.headers.append(("x-amz-copy-source-version-id", record.version.description))
        }
        return response
    }

    /// Unlike that of a read, the range must lie within the object.
    private func stretch(of record: ObjectRecord) throws(S3Error) -> Range<Int64> {
        guard case .from(let first, let last?) = range else {
            guard record.size <= Limits.putByteCount else {
                throw S3Error(
                    .invalidRequest,
                    "The specified copy source is larger than the maximum allowable size for a copy source: \(Limits.putByteCount)")
            }
            return 0..<record.size
        }
        guard last < record.size else {
            throw .invalidArgument(
                "Range specified is not valid for source object of size: \(record.size)",
                name: "x-amz-copy-source-range", value: rangeHeader)
        }
        guard last - first < Limits.putByteCount else {
            throw S3Error(.entityTooLarge, details: [("MaxSizeAllowed", String(Limits.putByteCount))])
        }
        return first..<(last + 1)
    }
}
