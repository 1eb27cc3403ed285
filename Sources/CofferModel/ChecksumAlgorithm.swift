/// An algorithm of S3's additional checksums; values are sent as the Base64 of the raw digest.
///
/// Source: S3 User Guide, "Checking object integrity"; the API's `ChecksumAlgorithm`.
public enum ChecksumAlgorithm: String, Sendable, CaseIterable, Codable {
    case crc32 = "CRC32"
    case crc32c = "CRC32C"
    case crc64nvme = "CRC64NVME"
    case sha1 = "SHA1"
    case sha256 = "SHA256"
    case sha512 = "SHA512"
    case md5 = "MD5"
    case xxhash64 = "XXHASH64"
    /// XXH3 with 64 bits.
    case xxhash3 = "XXHASH3"
    /// XXH3 with 128 bits.
    case xxhash128 = "XXHASH128"

    /// The name of the checksum's header, such as `x-amz-checksum-crc32`.
    public var header: String { "x-amz-checksum-" + rawValue.lowercased() }

    /// The name of the checksum's XML element, such as `ChecksumCRC32`.
    public var element: String { "Checksum" + rawValue }

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
    public let algorithm: ChecksumAlgorithm
    public let value: String

    public init(algorithm: ChecksumAlgorithm, value: String) {
        self.algorithm = algorithm
        self.value = value
    }
}
