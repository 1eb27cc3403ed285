import CofferCrypto
import CofferModel
import CofferService
import CofferStorage

/// The ETag and the checksum of a copy that shares its source's bytes. They are those of an object in one piece,
/// whatever its source is.
///
/// Bytes are read only if the digests cannot be derived from known ones. With `--copy-etag shared` they are read only
/// for a requested checksum, and a copy has the ETag and the parts of its source.
///
/// Source: S3 API Reference, CopyObject; S3 User Guide, "Checking object integrity", copies.
struct CopyDigests: Sendable {
    /// The copy's ETag; nil if it keeps the source's, together with its parts.
    private(set) var etag: ETag?
    /// The copy's checksum; nil if it keeps the source's.
    private(set) var checksum: Checksum?

    /// - Parameters:
    ///   - sealing: how the copy is encrypted, with the key of its source; nil if it is not encrypted.
    ///   - algorithm: the algorithm of the requested checksum; nil if none is requested.
    /// - Throws: `OperationAborted` if the source was deleted in the meantime, `SlowDown`.
    init(
        of content: ObjectContentSource, sealing: Sealing?, algorithm: ChecksumAlgorithm?, _ service: Service
    ) async throws(S3Error) {
        let record = content.record
        let wanted = Self.missingAlgorithm(record, algorithm, service.sharesETags)
        let hides = sealing?.hidesDigest ?? false
        let isRead = Self.isMD5Unknown(record) || (record.hidesDigest && !hides)
        let needsMD5 = isRead && !service.sharesETags
        if needsMD5 || wanted != nil {
            let digests = try await mappingAsyncStorageErrors { () async throws(StorageError) in
                try await content.digests(wanted, hasMD5: needsMD5, service)
            }
            checksum = digests.checksum
            if needsMD5 { etag = sealing?.etag(md5: digests.md5) ?? ETag(hex(digests.md5)) }
        }
        if hides, !record.hidesDigest, !isRead, let md5 = bytes(hex: record.etag.value) {
            etag = sealing?.etag(md5: md5)
        }
    }

    /// Returns whether the ETag is not an MD5: that of an object in parts, or of one that was appended to, is derived
    /// from other ETags.
    private static func isMD5Unknown(_ record: ObjectRecord) -> Bool {
        record.isMultipart || record.etag.value.utf8.contains(UInt8(ascii: "-"))
    }

    /// Returns the algorithm of the checksum to compute; nil if the source's own checksum suffices.
    private static func missingAlgorithm(
        _ record: ObjectRecord, _ algorithm: ChecksumAlgorithm?, _ sharesETag: Bool
    ) -> ChecksumAlgorithm? {
        let present = record.attributes.checksum
        let isOfWhole = present?.type == .fullObject
        if let algorithm { return isOfWhole && present?.algorithm == algorithm ? nil : algorithm }
        guard !sharesETag, isMD5Unknown(record), !isOfWhole else { return nil }
        return present?.algorithm ?? .crc64nvme
    }
}

extension ObjectRecord {
    /// Whether the ETag does not reveal the MD5 of the bytes: see ``Sealing/hidesDigest``.
    fileprivate var hidesDigest: Bool {
        encryption != nil && (encryption?.keySource == .customer || attributes.field(EncryptionSettings.field) != nil)
    }
}
