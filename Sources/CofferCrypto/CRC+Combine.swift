extension CRC {
    /// Returns the checksum of two concatenated byte strings, from the checksum of each and the length of the right
    /// one.
    ///
    /// A checksum is a polynomial remainder over GF(2): the left one is shifted by the right one's bits, which
    /// multiplies it by a power of x, and the right one is added. The inverted starts and ends cancel each other out.
    ///
    /// - Parameters:
    ///   - left: in the form that `finalize` returns, as is `right`.
    ///   - rightByteCount: the work grows with its logarithm.
    package static func combine(
        _ left: [UInt8], _ right: [UInt8], rightByteCount: Int64, _ variant: CRCVariant
    ) -> [UInt8] {
        precondition(
            left.count == variant.byteCount && right.count == variant.byteCount && rightByteCount >= 0,
            "both checksums are of this variant, and the length is not negative")
        let field = GaloisField(variant)
        let shifted = field.product(field.number(left), field.powerOfX(byteCount: rightByteCount))
        return field.bytes(shifted ^ field.number(right))
    }
}

/// Arithmetic on polynomials over GF(2) modulo the CRC's polynomial, in reflected form: the top bit is the coefficient
/// of 1.
private struct GaloisField {
    private let polynomial: UInt64
    private let byteCount: Int
    private let one: UInt64

    init(_ variant: CRCVariant) {
        polynomial = variant.reflectedPolynomial
        byteCount = variant.byteCount
        one = 1 << UInt64(variant.byteCount * 8 - 1)
    }

    func number(_ bytes: [UInt8]) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }

    func bytes(_ number: UInt64) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0.suffix(byteCount)) }
    }

    func product(_ left: UInt64, _ right: UInt64) -> UInt64 {
        var (sum, power, bit) = (UInt64(0), right, one)
        while bit != 0 {
            if left & bit != 0 { sum ^= power }
            power = power & 1 == 1 ? power >> 1 ^ polynomial : power >> 1
            bit >>= 1
        }
        return sum
    }

    /// Returns x to the power of eight times the count, by squaring.
    func powerOfX(byteCount: Int64) -> UInt64 {
        var (result, power, rest) = (one, one >> 8, byteCount)
        while rest > 0 {
            if rest & 1 == 1 { result = product(result, power) }
            power = product(power, power)
            rest >>= 1
        }
        return result
    }
}
