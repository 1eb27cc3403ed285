import CofferCrypto
import CofferHTTP
import CofferModel
import CofferService
import CofferSigning
import CofferStorage

/// A PutObject with `x-amz-write-offset-bytes`: its body is appended to the existing object.
///
/// Source: S3 User Guide, "Appending data to objects". AWS supports this only in directory buckets, which have no
/// versions, so it is refused here for buckets with versions.
struct AppendRequest: Sendable {
    private static let header = "x-amz-write-offset-bytes"

    private let key: ObjectKey
    private let offset: Int64
    private let customerKey: CustomerProvidedKey?
    private let setsAttributes: Bool
    private let isEmpty: Bool
    /// The algorithm of the existing object's checksum; nil if there is no object yet, and before ``prepare(_:_:)``.
    private var algorithm: ChecksumAlgorithm?

    /// Returns the permission to read the object, because the response reports the size and the checksum of the
    /// complete object.
    static func permissions(for request: S3Request) throws(S3Error) -> [Permission] {
        guard request.headers[header] != nil else { return [] }
        return [try request.permission("s3:GetObject", as: .current)]
    }

    /// - Returns: nil for a request that is not an append.
    init?(_ request: S3Request, key: ObjectKey) throws(S3Error) {
        guard let text = request.headers[Self.header] else { return nil }
        guard let offset = Int64(text), offset >= 0 else {
            throw .invalidArgument(
                "The write offset must be a number of bytes, 0 or greater", name: Self.header, value: text)
        }
        self.key = key
        self.offset = offset
        setsAttributes = request.headers.fields.contains { ObjectHeaders.isAttribute($0.name) }
        isEmpty = (request.headers["x-amz-decoded-content-length"] ?? request.headers["content-length"]) == "0"
        customerKey = try CustomerProvidedKey(request)
    }

    /// Requires that the body is received with the encryption of the object that it is appended to, and with the
    /// object's kind of checksum.
    mutating func prepare<Operation>(
        _ requirements: inout BodyRequirements, _ call: Authorized<Operation>
    ) async throws(S3Error) {
        let bucket = try call.bucket
        guard bucket.versioning == .neverEnabled else { throw .notImplemented(header: Self.header) }
        let current = try await mappingAsyncStorageErrors { () async throws(StorageError) in
            try await call.service.store.object(key, in: bucket)
        }
        try check(current, call)
        guard let current else { return }
        try ArchivedObject.requireReadable(current, at: call.request.time)
        guard !setsAttributes, !isEmpty else {
            throw S3Error(
                .invalidRequest,
                "An append only adds bytes: send at least one, and no metadata, tags or storage class")
        }
        let objectKey = try call.service.keyring.objectKey(of: current.encryption, customerKey)
        requirements.sealing = current.encryption.flatMap { encryption in
            objectKey.map { Sealing(objectKey: $0, encryption: encryption, hidesDigest: false) }
        }
        let checksum = current.attributes.checksum
        guard let checksum, checksum.algorithm.multipartTypes.contains(.fullObject), !checksum.value.contains("-")
        else {
            throw S3Error(
                .invalidRequest,
                "The object's checksum cannot be extended: appending requires a CRC of the full object")
        }
        requirements.checksum = .always(checksum.algorithm)
        algorithm = checksum.algorithm
    }

    /// Returns a condition that is met only while the object ends where the request appends.
    ///
    /// - Parameter condition: the request's other condition.
    func condition<Operation>(_ condition: WriteCheck?, _ call: Authorized<Operation>) -> WriteCheck {
        { current throws(S3Error) in
            try condition?(current)
            try check(current, call)
        }
    }

    /// - Returns: nil if there is no object yet to append to.
    func perform<Operation>(
        _ finished: FinishedBody, if condition: @escaping WriteCheck, _ call: Authorized<Operation>
    ) async throws(S3Error) -> HTTPResponse? {
        guard let algorithm else { return nil }
        let (body, etag) = try finished.stored()
        guard let added = finished.neededChecksum, added.algorithm == algorithm else {
            throw .internalError("the body of an append has no checksum")
        }
        let (bucket, byteCount) = (try call.bucket, body.count)
        let encryption = finished.sealing?.encryption
        let written = try await mappingAsyncStorageErrors { () async throws(StorageError) in
            try await call.service.store.append(body, to: key, in: bucket, encryption: encryption) {
                current throws(S3Error) in
                try condition(current)
                return try Self.appended(to: current, etag: etag, checksum: added, byteCount: byteCount)
            }
        }
        let record = written.record
        return HTTPResponse(
            status: 200,
            headers: [("ETag", record.etag.description), ("x-amz-object-size", String(record.size))]
                + (record.attributes.checksum?.fields ?? []) + EncryptionSettings.answered(record.attributes.fields))
    }

    private func check<Operation>(_ current: ObjectRecord?, _ call: Authorized<Operation>) throws(S3Error) {
        if let current {
            try call.requireWriter(ofObjectOf: current.owner)
            try call.requireBasis(current, as: .current)
        }
        guard (current?.size ?? 0) == offset else {
            throw S3Error(
                .invalidWriteOffset,
                details: [("WriteOffset", String(offset)), ("ObjectSize", String(current?.size ?? 0))])
        }
        guard (current?.extentCount ?? 0) < Limits.partCount else { throw S3Error(.tooManyParts) }
    }

    /// Returns the object after the append. Its ETag is no longer an MD5: it is derived from the object's previous ETag
    /// and from the appended bytes.
    private static func appended(
        to current: ObjectRecord?, etag: ETag, checksum added: Checksum, byteCount: Int64
    ) throws(S3Error) -> AppendedObject {
        guard let current, let checksum = current.attributes.checksum, checksum.algorithm == added.algorithm,
            let left = bytes(base64: checksum.value), let right = bytes(base64: added.value)
        else { throw S3Error(.conditionalRequestConflict) }
        let combined = CombinedChecksum.fullObject(checksum.algorithm, left, right, rightByteCount: byteCount)
        var attributes = current.attributes
        attributes.fields.removeAll { $0.name == checksum.algorithm.header }
        attributes.fields.append((checksum.algorithm.header, base64(combined)))
        let tag = hex(Digest.of(Array("\(current.etag.value)\(etag.value)".utf8), .md5)) + "-1"
        return AppendedObject(etag: ETag(tag), attributes: attributes)
    }
}
