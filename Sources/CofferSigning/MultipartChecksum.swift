import CofferCrypto
package import CofferModel

/// The CRC of two consecutive byte ranges, computed from their CRCs.
package enum CombinedChecksum {
    /// - Returns: the raw value; `left` for an algorithm that is not a CRC.
    package static func fullObject(
        _ algorithm: ChecksumAlgorithm, _ left: [UInt8], _ right: [UInt8], rightByteCount: Int64
    ) -> [UInt8] {
        guard let variant = algorithm.crcVariant else { return left }
        return CRC.combine(left, right, rightByteCount: rightByteCount, variant)
    }
}

/// The checksum of an object composed of parts, computed from the parts' checksums, which are added in order.
///
/// A composite checksum is the checksum of the concatenated raw values of the parts, followed by the number of parts. A
/// full object checksum equals one computed over all bytes.
///
/// Source: S3 User Guide, "Checking object integrity", multipart uploads.
package struct MultipartChecksum: ~Copyable {
    private let algorithm: ChecksumAlgorithm
    private let type: ChecksumType
    private var partCount = 0
    /// The composite checksum, over the values of the parts.
    private var ofValues: RunningChecksum
    /// The checksum of the bytes of the parts so far; that of no bytes is zero.
    private var ofBytes: [UInt8]

    /// - Parameter type: one of the algorithm's `multipartTypes`.
    package init(_ algorithm: ChecksumAlgorithm, _ type: ChecksumType) {
        precondition(algorithm.multipartTypes.contains(type), "\(algorithm) has no \(type.rawValue) checksum")
        self.algorithm = algorithm
        self.type = type
        ofValues = RunningChecksum(algorithm)
        ofBytes = [UInt8](repeating: 0, count: algorithm.byteCount)
    }

    /// - Parameter value: the part's raw checksum, of the algorithm's length.
    package mutating func add(_ value: [UInt8], byteCount: Int64) {
        precondition(value.count == algorithm.byteCount, "the checksum of a part has the length of \(algorithm)")
        partCount += 1
        if type == .fullObject, let variant = algorithm.crcVariant {
            ofBytes = CRC.combine(ofBytes, value, rightByteCount: byteCount, variant)
        } else {
            ofValues.update(value.span)
        }
    }

    /// Returns the text that S3 shows: Base64, followed by `-` and the number of parts if composite.
    package consuming func finalize() -> String {
        switch type {
        case .composite: "\(base64(ofValues.finalize()))-\(partCount)"
        case .fullObject: base64(ofBytes)
        }
    }
}
