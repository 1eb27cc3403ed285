import CCRC

/// Folds long runs of bytes into sixteen that leave the same remainder, using carry-less multiplication.
///
/// A block of 128 bits is moved up the message by multiplying it by a power of x, modulo the polynomial, and is added
/// to the block at that position. Four lanes do so in parallel. Source: "Fast CRC Computation for Generic Polynomials
/// Using PCLMULQDQ Instruction", Intel, 2009, in its reflected form. The last step, the remainder of the sixteen bytes,
/// is left to the tables.
struct CRCFolding: Sendable {
    private typealias Factors = (UInt64, UInt64, UInt64, UInt64)

    /// The factors for the low and the high half of a block, over a distance of 64 bytes and of 16 bytes.
    private let factors: Factors
    /// The same over a distance of 128 bytes and of 16 bytes.
    private let pairFactors: Factors

    /// The minimum length for folding; shorter input is left to the tables.
    static let leastByteCount = 64

    /// The minimum length for folding pairs of blocks, which is twice as fast.
    private static let leastByteCountOfPairs = 256

    private static let isAvailable = coffer_crc_can_fold() != 0
    private static let hasPairs = coffer_crc_can_fold_pairs() != 0

    /// - Returns: nil on a processor without carry-less multiplication.
    init?(_ variant: CRCVariant) {
        guard Self.isAvailable else { return nil }
        func power(_ exponent: Int) -> UInt64 { Self.powerOfX(exponent, variant) }
        // The product of reflected halves is one bit too high, which is one power less here.
        let near = (power(128 + 63), power(128 - 1))
        factors = (power(512 + 63), power(512 - 1), near.0, near.1)
        pairFactors = (power(1024 + 63), power(1024 - 1), near.0, near.1)
    }

    /// Folds all complete blocks into sixteen bytes.
    ///
    /// - Parameter register: the CRC register so far.
    func fold(_ bytes: UnsafeRawBufferPointer, register: UInt64, into block: UnsafeMutableRawBufferPointer) {
        let usesPairs = Self.hasPairs && bytes.count >= Self.leastByteCountOfPairs
        withUnsafeBytes(of: usesPairs ? pairFactors : factors) { factors in
            (usesPairs ? coffer_crc_fold_pairs : coffer_crc_fold)(
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
