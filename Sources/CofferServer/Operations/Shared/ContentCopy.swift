import CofferCrypto
import CofferModel
import CofferStorage

/// The bytes of a range of an object, which are read on the server: to write them anew, encrypted in another way or as a
/// part of an upload, or for their checksum.
struct ObjectContentSource: Sendable {
    let record: ObjectRecord
    let bucket: Bucket
    let range: Range<Int64>
    /// Of the object, where it is encrypted.
    let key: [UInt8]?

    /// A body that was written anew.
    struct Copy: Sendable {
        let body: IncomingBody
        let etag: ETag
        let checksum: Checksum
    }

    /// - Throws: ``StorageError/sourceChanged`` if the object is gone meanwhile.
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
        guard let checksum else { throw .failed("bytes were read for a checksum, and have none") }
        return Copy(body: body, etag: sealing?.etag(md5: md5) ?? ETag(hex(md5)), checksum: checksum)
    }

    /// Reads the bytes for what is asked of them, once for both.
    ///
    /// - Parameter algorithm: of the checksum; nil for none.
    /// - Returns: an MD5 of no bytes where none is asked for.
    /// - Throws: ``StorageError/sourceChanged`` if the object is gone meanwhile.
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

/// The MD5 and a checksum of bytes that are read one stretch after another.
///
/// `@unchecked Sendable`: used by one reader, whose calls follow one another.
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

    /// Called once.
    func finalize() -> (md5: [UInt8], checksum: Checksum?) {
        (md5.take()?.finalize() ?? [], checksum.take()?.finalize())
    }
}
