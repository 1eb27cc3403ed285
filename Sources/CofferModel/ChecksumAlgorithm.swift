/// An algorithm of S3's additional checksums; values are sent as the Base64 of the raw digest.
///
/// Source: S3 User Guide, "Checking object integrity"; the API's `ChecksumAlgorithm`.
public enum ChecksumAlgorithm: String, Sendable, CaseIterable, Codable {
    /// CRC-32 of ISO 3309, as in zlib.
    case crc32 = "CRC32"
    /// CRC-32C of Castagnoli (RFC 3720).
    case crc32c = "CRC32C"
    /// CRC-64 of the NVM Express specification; what AWS computes if a request names no algorithm.
    case crc64nvme = "CRC64NVME"
    /// SHA-1.
    case sha1 = "SHA1"
    /// SHA-256.
    case sha256 = "SHA256"
    /// SHA-512.
    case sha512 = "SHA512"
    /// MD5.
    case md5 = "MD5"
    /// XXH64.
    case xxhash64 = "XXHASH64"
    /// XXH3 with 64 bits.
    case xxhash3 = "XXHASH3"
    /// XXH3 with 128 bits.
    case xxhash128 = "XXHASH128"

    /// The name of the checksum's header, such as `x-amz-checksum-crc32`.
    public var header: String { "x-amz-checksum-" + rawValue.lowercased() }

    /// The name of the checksum's XML element, such as `ChecksumCRC32`.
    public var element: String { "Checksum" + rawValue }

    /// The length of the raw digest, in bytes.
    public var byteCount: Int {
        switch self {
        case .crc32, .crc32c: 4
        case .crc64nvme, .xxhash64, .xxhash3: 8
        case .md5, .xxhash128: 16
        case .sha1: 20
        case .sha256: 32
        case .sha512: 64
        }
    }
}

/// A checksum of a body: an algorithm and the Base64 text of its value.
public struct Checksum: Sendable, Hashable, Codable {
    /// The algorithm.
    public let algorithm: ChecksumAlgorithm
    /// The raw digest in Base64; of a composite checksum, followed by `-` and the number of parts.
    public let value: String

    /// Creates a checksum from its Base64 text, unchecked.
    public init(algorithm: ChecksumAlgorithm, value: String) {
        self.algorithm = algorithm
        self.value = value
    }
}
