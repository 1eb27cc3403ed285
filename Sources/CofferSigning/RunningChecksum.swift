package import CofferCrypto
package import CofferModel

/// A checksum with any of S3's algorithms, computed over pieces and finished once.
package struct RunningChecksum: ~Copyable {
    /// Exactly one of the three is set.
    private var crc: CRC?
    private var digest: Digest?
    private var xxHash: XXHash?

    package init(_ algorithm: ChecksumAlgorithm) {
        switch algorithm {
        case .crc32, .crc32c, .crc64nvme: crc = algorithm.crcVariant.map(CRC.init)
        case .sha1: digest = Digest(.sha1)
        case .sha256: digest = Digest(.sha256)
        case .sha512: digest = Digest(.sha512)
        case .md5: digest = Digest(.md5)
        case .xxhash64: xxHash = XXHash(.xxh64)
        case .xxhash3: xxHash = XXHash(.xxh3)
        case .xxhash128: xxHash = XXHash(.xxh128)
        }
    }

    package mutating func update(_ bytes: Span<UInt8>) {
        crc?.update(bytes)
        digest?.update(bytes)
        xxHash?.update(bytes)
    }

    /// The raw value, of the algorithm's length.
    package consuming func finalize() -> [UInt8] {
        crc?.finalize() ?? digest.take()?.finalize() ?? xxHash.take()?.finalize() ?? []
    }
}

extension ChecksumAlgorithm {
    /// Reads the name of an algorithm from a header, in any case.
    ///
    /// - Throws: `InvalidRequest` for an algorithm that S3 does not know.
    package init(named name: String) throws(S3Error) {
        guard let algorithm = ChecksumAlgorithm(rawValue: name.uppercased()) else {
            let valid = Self.allCases.map(\.rawValue).joined(separator: ", ")
            throw S3Error(
                .invalidRequest,
                "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [\(valid)]")
        }
        self = algorithm
    }

    /// The CRC variant; nil for an algorithm that is not a CRC.
    package var crcVariant: CRCVariant? {
        switch self {
        case .crc32: .crc32
        case .crc32c: .crc32c
        case .crc64nvme: .crc64nvme
        case .sha1, .sha256, .sha512, .md5, .xxhash64, .xxhash3, .xxhash128: nil
        }
    }
}
