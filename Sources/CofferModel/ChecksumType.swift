/// The data from which the checksum of a multipart object is computed.
///
/// Source: S3 User Guide, "Checking object integrity", full object and composite checksum types.
public enum ChecksumType: String, Sendable, CaseIterable, Codable {
    /// The parts' checksums. The number of parts follows the value: `…-3`.
    case composite = "COMPOSITE"
    /// The bytes, as if they had been uploaded in one piece. Objects that were uploaded in one piece always have this
    /// type.
    case fullObject = "FULL_OBJECT"
}

extension ChecksumAlgorithm {
    /// The checksum types that a multipart upload may ask for.
    ///
    /// Only for CRCs can the checksum of all bytes be computed from those of the parts. CRC64NVME has no composite
    /// type. The guide names no types for the algorithms introduced after SHA256; they are digests and are treated like
    /// it.
    public var multipartTypes: Set<ChecksumType> {
        switch self {
        case .crc64nvme: [.fullObject]
        case .crc32, .crc32c: [.composite, .fullObject]
        case .sha1, .sha256, .sha512, .md5, .xxhash64, .xxhash3, .xxhash128: [.composite]
        }
    }

    /// The type of a multipart upload that names the algorithm and no type.
    public var defaultMultipartType: ChecksumType { self == .crc64nvme ? .fullObject : .composite }
}
