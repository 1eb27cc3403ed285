/// What the checksum of an object that was uploaded in parts is computed from.
///
/// Source: S3 User Guide, "Checking object integrity", full object and composite checksum types.
public enum ChecksumType: String, Sendable, CaseIterable {
    /// The parts' checksums; the number of parts follows the value: `…-3`.
    case composite = "COMPOSITE"
    /// The bytes, as if they had been uploaded in one piece; objects that were are always of this type.
    case fullObject = "FULL_OBJECT"
}

extension ChecksumAlgorithm {
    /// The types that a multipart upload may ask for.
    ///
    /// The check of a whole follows from those of its parts for the CRCs alone. CRC64NVME has no composite type. For
    /// the algorithms that came after SHA256 the guide names no types; they are digests as that one is.
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
