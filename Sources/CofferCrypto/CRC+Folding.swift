import CCRC

/// Folds long runs of bytes into sixteen that leave the same remainder, using carry-less multiplication.
///
/// A block of 128 bits is moved up the message by multiplying it by a power of x, modulo the polynomial, and is added
/// to the block at that position. Four lanes do so in parallel. Source: "Fast CRC Computation for Generic Polynomials
/// Using PCLMULQDQ Instruction", Intel, 2009, in its reflected form. The last step, the remainder of the sixteen bytes,
/// is left to the tables.
struct CRCFolding: Sendable {
    /// The factors for the low and the high half of a block, over a distance of 64 bytes and of 16 bytes.
    private let factors: (UInt64, UInt64, UInt64, UInt64)

    /// The minimum length for folding; shorter input is left to the tables.
    static let leastByteCount = 64

    private static let isAvailable = coffer_crc_can_fold() != 0

    /// - Returns: nil on a processor without carry-less multiplication.
    init?(_ variant: CRCVariant) {
        guard Self.isAvailable else { return nil }
        func power(_ exponent: Int) -> UInt64 { Self.powerOfX(exponent, variant) }
        // The product of reflected halves is one bit too high, which is one power less here.
        factors = (power(512 + 63), power(512 - 1), power(128 + 63), power(128 - 1))
    }

    /// Folds all complete blocks into sixteen bytes.
    ///
    /// - Parameter register: the CRC register so far.
    func fold(_ bytes: UnsafeRawBufferPointer, register: UInt64, into block: UnsafeMutableRawBufferPointer) {
        withUnsafeBytes(of: factors) { factors in
            coffer_crc_fold(
                bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count / 16, register,
                factors.bindMemory(to: UInt64.self).baseAddress, block.bindMemory(to: UInt8.self).baseAddress)
        }
    }

    /// A power of x modulo the polynomial, reflected in 64 bits: the top bit is the coefficient of 1.
    private static func powerOfX(_ exponent: Int, _ variant: CRCVariant) -> UInt64 {
        let width = UInt64(variant.byteCount * 8)
        var value: UInt64 = 1 << (width - 1)
        for _ in 0..<exponent {
            value = value & 1 == 1 ? value >> 1 ^ variant.reflectedPolynomial : value >> 1
        }
        return value << (64 - width)
    }
}
