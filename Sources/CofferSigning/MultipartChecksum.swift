import CofferCrypto
package import CofferModel

/// The CRC of bytes of which that of a first and of a second stretch are known.
package enum CombinedChecksum {
    /// - Returns: raw; what was given first for an algorithm that is no CRC.
    package static func fullObject(
        _ algorithm: ChecksumAlgorithm, _ left: [UInt8], _ right: [UInt8], rightByteCount: Int64
    ) -> [UInt8] {
        guard let variant = algorithm.crcVariant else { return left }
        return CRC.combine(left, right, rightByteCount: rightByteCount, variant)
    }
}

/// The checksum of an object that is put together from parts, computed from theirs, which are added in order.
///
/// A composite checksum is the checksum of the parts' raw values in a row, with the number of parts behind it; that of
/// the full object is what one over all bytes would be.
///
/// Source: S3 User Guide, "Checking object integrity", multipart uploads.
package struct MultipartChecksum: ~Copyable {
    private let algorithm: ChecksumAlgorithm
    private let type: ChecksumType
    private var partCount = 0
    /// Of the parts' values: the composite checksum.
    private var ofValues: RunningChecksum
    /// Of the bytes of the parts so far; the check of no bytes is zero.
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
        precondition(value.count == algorithm.byteCount, "a part's checksum is not of \(algorithm)")
        partCount += 1
        if type == .fullObject, let variant = algorithm.crcVariant {
            ofBytes = CRC.combine(ofBytes, value, rightByteCount: byteCount, variant)
        } else {
            ofValues.update(value.span)
        }
    }

    /// The text that S3 shows: Base64, with `-` and the number of parts where it is composite.
    package consuming func finalize() -> String {
        switch type {
        case .composite: "\(base64(ofValues.finalize()))-\(partCount)"
        case .fullObject: base64(ofBytes)
        }
    }
}
