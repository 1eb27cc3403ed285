import CofferCrypto
import CofferModel
import CofferService
import CofferStorage

/// The bytes of a range of an object, which are read on the server to rewrite them with another encryption or as a part
/// of an upload, or to compute their checksum.
struct ObjectContentSource: Sendable {
    let record: ObjectRecord
    let bucket: Bucket
    let range: Range<Int64>
    /// The object's key, if it is encrypted.
    let key: [UInt8]?

    /// A rewritten body.
    struct Copy: Sendable {
        let body: IncomingBody
        let etag: ETag
        let checksum: Checksum
    }

    /// - Throws: ``StorageError/sourceChanged`` if the object was deleted in the meantime.
    func copy(
        _ algorithm: ChecksumAlgorithm, sealing: Sealing?, _ service: Service
    ) async throws(StorageError) -> Copy {
        let body = try service.store.makeBody(key: sealing?.objectKey)
        let digests = ContentDigests(algorithm, hasMD5: true)
        try await read(service) { bytes throws(StorageError) in
            try body.append(bytes)
            digests.update(bytes)
        }
        let (md5, checksum) = digests.finalize()
        guard let checksum else { throw .failed("no checksum was computed for the copied bytes") }
        return Copy(body: body, etag: sealing?.etag(md5: md5) ?? ETag(hex(md5)), checksum: checksum)
    }

    /// Computes the MD5 and the checksum of the bytes in one pass.
    ///
    /// - Parameter algorithm: the algorithm of the checksum; nil for none.
    /// - Returns: an empty MD5 if it is not requested.
    /// - Throws: ``StorageError/sourceChanged`` if the object was deleted in the meantime.
    func digests(
        _ algorithm: ChecksumAlgorithm?, hasMD5: Bool, _ service: Service
    ) async throws(StorageError) -> (md5: [UInt8], checksum: Checksum?) {
        let digests = ContentDigests(algorithm, hasMD5: hasMD5)
        try await read(service) { bytes throws(StorageError) in digests.update(bytes) }
        return digests.finalize()
    }

    private func read(
        _ service: Service, _ take: @escaping @Sendable (Span<UInt8>) throws(StorageError) -> Void
    ) async throws(StorageError) {
        try await service.store.read(record, in: bucket, range: range, key: key, take)
    }
}

/// The MD5 and a checksum of bytes that are read one range after another.
///
/// `@unchecked Sendable`: used by a single reader, whose calls never overlap.
private final class ContentDigests: @unchecked Sendable {
    private var md5: Digest?
    private var checksum: AdditionalChecksum?

    init(_ algorithm: ChecksumAlgorithm?, hasMD5: Bool) {
        if hasMD5 { md5 = Digest(.md5) }
        if let algorithm { checksum = AdditionalChecksum(algorithm) }
    }

    func update(_ bytes: Span<UInt8>) {
        md5?.update(bytes)
        checksum?.update(bytes)
    }

    /// Returns the digests. Called once.
    func finalize() -> (md5: [UInt8], checksum: Checksum?) {
        (md5.take()?.finalize() ?? [], checksum.take()?.finalize())
    }
}
