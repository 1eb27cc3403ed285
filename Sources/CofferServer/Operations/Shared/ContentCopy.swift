import CofferCrypto
import CofferModel
import CofferStorage

/// Reads an object's bytes to write them anew, encrypted in another way or as a part of an upload.
struct ContentCopy: Sendable {
    private let algorithm: ChecksumAlgorithm
    private let sealing: Sealing?

    /// - Parameter algorithm: of the checksum that is computed on the way.
    init(_ algorithm: ChecksumAlgorithm, sealing: Sealing?) {
        self.algorithm = algorithm
        self.sealing = sealing
    }

    struct Result: Sendable {
        let body: IncomingBody
        let etag: ETag
        let checksum: Checksum
    }

    /// - Throws: `ConditionalRequestConflict` if the source is gone meanwhile.
    func run(
        _ record: ObjectRecord, in bucket: Bucket, _ range: Range<Int64>, key: [UInt8]?, _ service: Service
    ) async throws(S3Error) -> Result {
        let body = try askStore { () throws(StorageError) in try service.store.makeBody(key: sealing?.objectKey) }
        let digests = ContentDigests(algorithm)
        try await service.read(record, in: bucket, range, key: key) { bytes throws(StorageError) in
            try body.append(bytes)
            digests.update(bytes)
        }
        let (md5, checksum) = digests.finalize()
        return Result(body: body, etag: sealing?.etag(md5: md5) ?? ETag(hex(md5)), checksum: checksum)
    }
}

/// Reads an object's bytes for their digests alone.
struct ContentChecksum: Sendable {
    private let algorithm: ChecksumAlgorithm

    init(_ algorithm: ChecksumAlgorithm) { self.algorithm = algorithm }

    func run(
        _ record: ObjectRecord, in bucket: Bucket, _ range: Range<Int64>, key: [UInt8]?, _ service: Service
    ) async throws(S3Error) -> (md5: [UInt8], checksum: Checksum) {
        let digests = ContentDigests(algorithm)
        try await service.read(record, in: bucket, range, key: key) { bytes throws(StorageError) in digests.update(bytes) }
        return digests.finalize()
    }
}

/// The MD5 and a checksum of bytes that are read one stretch after another.
///
/// `@unchecked Sendable`: used by one reader, whose calls follow one another.
private final class ContentDigests: @unchecked Sendable {
    private let algorithm: ChecksumAlgorithm
    private var md5: Digest?
    private var checksum: RunningChecksum?

    init(_ algorithm: ChecksumAlgorithm) {
        self.algorithm = algorithm
        md5 = Digest(.md5)
        checksum = RunningChecksum(algorithm)
    }

    func update(_ bytes: Span<UInt8>) {
        md5?.update(bytes)
        checksum?.update(bytes)
    }

    /// Called once.
    func finalize() -> (md5: [UInt8], checksum: Checksum) {
        let value = base64(checksum.take()?.finalize() ?? [])
        return (md5.take()?.finalize() ?? [], Checksum(algorithm: algorithm, value: value))
    }
}

extension Service {
    /// Reads an object's bytes where they may block.
    ///
    /// - Throws: `ConditionalRequestConflict` if the object is gone meanwhile.
    fileprivate func read(
        _ record: ObjectRecord, in bucket: Bucket, _ range: Range<Int64>, key: [UInt8]?,
        _ take: @escaping @Sendable (Span<UInt8>) throws(StorageError) -> Void
    ) async throws(S3Error) {
        let isThere = try await awaitStore { () async throws(StorageError) in
            try await store.read(record, in: bucket, range: range, key: key, take)
        }
        guard isThere else { throw S3Error(.conditionalRequestConflict) }
    }
}
