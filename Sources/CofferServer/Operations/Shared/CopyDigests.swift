import CofferCrypto
import CofferModel
import CofferStorage

/// What a copy that shares its source's bytes is known by: its ETag and its checksum, which are those of an object in one
/// piece, whatever its source is.
///
/// Bytes are read only where they do not follow from what is known. With `--copy-etag shared` they are read for a checksum
/// that is asked for and for nothing else, and a copy has the ETag and the parts of its source.
///
/// Source: S3 API Reference, CopyObject; S3 User Guide, "Checking object integrity", copies.
struct CopyDigests: Sendable {
    /// nil leaves the copy the source's, with its parts.
    private(set) var etag: ETag?
    /// nil leaves it the source's.
    private(set) var checksum: Checksum?

    /// - Parameters:
    ///   - sealing: how the copy is encrypted, under the key of its source; nil for not at all.
    ///   - algorithm: of the checksum that is asked for; nil where none is.
    /// - Throws: `OperationAborted` if the source is gone meanwhile, `SlowDown`.
    init(
        of content: ObjectContentSource, sealing: Sealing?, algorithm: ChecksumAlgorithm?, _ service: Service
    ) async throws(S3Error) {
        let record = content.record
        let wanted = Self.missingAlgorithm(record, algorithm, service.copyETag)
        let hides = sealing?.hidesDigest ?? false
        let isRead = Self.isMD5Unknown(record) || (record.hidesDigest && !hides)
        let needsMD5 = isRead && service.copyETag == .computed
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

    /// The ETag of an object in parts, or of one to which something was added, follows from others.
    private static func isMD5Unknown(_ record: ObjectRecord) -> Bool {
        record.isMultipart || record.etag.value.utf8.contains(UInt8(ascii: "-"))
    }

    /// - Returns: nil if the source's own checksum will do.
    private static func missingAlgorithm(
        _ record: ObjectRecord, _ algorithm: ChecksumAlgorithm?, _ mode: ServerConfiguration.CopyETag
    ) -> ChecksumAlgorithm? {
        let present = record.attributes.checksum
        let isOfWhole = present?.type == .fullObject
        if let algorithm { return isOfWhole && present?.algorithm == algorithm ? nil : algorithm }
        guard mode == .computed, isMD5Unknown(record), !isOfWhole else { return nil }
        return present?.algorithm ?? .crc64nvme
    }
}

extension ObjectRecord {
    /// Whether the ETag does not tell the MD5 of the bytes: see ``Sealing/hidesDigest``.
    fileprivate var hidesDigest: Bool {
        encryption != nil && (encryption?.keySource == .customer || attributes.field(EncryptionSettings.field) != nil)
    }
}
