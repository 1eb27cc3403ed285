import CofferHTTP
import CofferModel
import CofferService
import CofferStorage

/// Stores a part of an upload, replacing a part with the same number.
struct UploadPart: S3Operation {
    static let action = "s3:PutObject"
    static let body = BodyKind.object

    private let reference: UploadReference
    private let partNumber: Int
    private let customerKey: CustomerProvidedKey?
    private let checksumAlgorithm: ChecksumAlgorithm?
    private let hasDigest: Bool

    init(_ request: S3Request) throws(S3Error) {
        reference = try UploadReference(request)
        partNumber = try PartNumber.parse(request.query["partNumber"] ?? "")
        customerKey = try CustomerProvidedKey(request)
        checksumAlgorithm = try ChecksumSink.algorithm(of: request)
        hasDigest = checksumAlgorithm != nil || request.headers["content-md5"] != nil
    }

    func prepare(_ call: Authorized<Self>) async throws(S3Error) -> BodyRequirements {
        let upload = try await reference.find(call)
        try call.requireWriter(ofObjectOf: upload.owner)
        try call.requireUnblocked(customerKey)
        try upload.checkDigest(hasDigest: hasDigest)
        try checkAlgorithm(upload)
        return BodyRequirements(
            sealing: try upload.sealing(customerKey, call.service.keyring),
            checksum: .always(upload.neededChecksum.algorithm))
    }

    /// Checks the part's checksum algorithm. A composite checksum requires the checksum of every part; the server can
    /// compute a full-object checksum by itself.
    private func checkAlgorithm(_ upload: Upload) throws(S3Error) {
        guard let expected = upload.checksum, checksumAlgorithm != expected.algorithm,
            checksumAlgorithm != nil || expected.type == .composite
        else { return }
        throw S3Error(
            .invalidRequest,
            "Checksum Type mismatch occurred, expected checksum Type: \(expected.algorithm.rawValue.lowercased()), actual "
                + "checksum Type: \(checksumAlgorithm?.rawValue.lowercased() ?? "null")")
    }

    func perform(_ call: Authorized<Self>, _ body: RequestBody) async throws(S3Error) -> HTTPResponse {
        let finished = try body.finish()
        let (part, etag) = try finished.stored()
        let upload = try await reference.find(call)
        let bucket = try call.bucket
        _ = try await reference.awaitUpload { () async throws(StorageError) in
            try await call.service.store.put(
                part, asPart: partNumber, of: upload, etag: etag, checksum: finished.neededChecksum?.value)
        }
        let isShown = checksumAlgorithm != nil || upload.checksum != nil
        let shown = isShown ? finished.checksum.map { [($0.algorithm.header, $0.value)] } ?? [] : []
        return HTTPResponse(
            status: 200,
            headers: [("ETag", etag.description)] + shown + EncryptionSettings.answered(upload.attributes.fields)
                + upload.versionFields(in: bucket))
    }
}
