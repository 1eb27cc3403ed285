/// An algorithm of S3's additional checksums; values travel as Base64 of the raw digest.
///
/// Source: S3 User Guide, "Checking object integrity".
public enum ChecksumAlgorithm: String, Sendable, CaseIterable {
    case crc32 = "CRC32"
    case crc32c = "CRC32C"
    case crc64nvme = "CRC64NVME"
    case sha1 = "SHA1"
    case sha256 = "SHA256"

    /// `x-amz-checksum-crc32` and its kin.
    public var header: String { "x-amz-checksum-" + rawValue.lowercased() }

    /// `ChecksumCRC32` and its kin.
    public var element: String { "Checksum" + rawValue }

    public var byteCount: Int {
        switch self {
        case .crc32, .crc32c: 4
        case .crc64nvme: 8
        case .sha1: 20
        case .sha256: 32
        }
    }
}

/// A checksum of a body: an algorithm and the Base64 text of its value.
public struct Checksum: Sendable, Equatable {
    public let algorithm: ChecksumAlgorithm
    public let value: String

    public init(algorithm: ChecksumAlgorithm, value: String) {
        self.algorithm = algorithm
        self.value = value
    }
}
