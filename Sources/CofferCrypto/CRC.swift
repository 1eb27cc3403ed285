/// A running cyclic redundancy check: the three variants that S3 supports, all reflected, with inverted start and end.
///
/// One slicing-by-eight loop serves all variants: a 32-bit check is computed in the low half of the 64-bit register. On
/// processors that support it, long runs are folded first.
package struct CRC: Sendable {
    private let variant: CRCVariant
    private let tables: [UInt64]
    private let folding: CRCFolding?
    private var register: UInt64

    package init(_ variant: CRCVariant) {
        self.variant = variant
        tables = variant.tables
        folding = variant.folding
        register = variant.mask
    }

    package mutating func update(_ bytes: Span<UInt8>) {
        register = tables.withUnsafeBufferPointer { tables in
            bytes.withUnsafeBytes { bytes in
                guard let folding, bytes.count >= CRCFolding.leastByteCount else {
                    return Self.advance(register, over: bytes, with: tables)
                }
                let folded = withUnsafeTemporaryAllocation(byteCount: 16, alignment: 16) { block in
                    folding.fold(bytes, register: register, into: block)
                    return Self.advance(0, over: UnsafeRawBufferPointer(block), with: tables)
                }
                let rest = UnsafeRawBufferPointer(rebasing: bytes[(bytes.count / 16 * 16)...])
                return Self.advance(folded, over: rest, with: tables)
            }
        }
    }

    /// Returns the checksum in network byte order: 4 or 8 bytes, as S3's headers carry it in Base64.
    package consuming func finalize() -> [UInt8] {
        let value = (register ^ variant.mask).bigEndian
        return withUnsafeBytes(of: value) { Array($0.suffix(variant.byteCount)) }
    }

    private static func advance(
        _ start: UInt64, over bytes: UnsafeRawBufferPointer, with tables: UnsafeBufferPointer<UInt64>
    ) -> UInt64 {
        var register = start
        var offset = 0
        while offset + 8 <= bytes.count {
            let word = register ^ UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            register =
                tables[1792 + Int(word & 255)] ^ tables[1536 + Int(word >> 8 & 255)]
                ^ tables[1280 + Int(word >> 16 & 255)] ^ tables[1024 + Int(word >> 24 & 255)]
                ^ tables[768 + Int(word >> 32 & 255)] ^ tables[512 + Int(word >> 40 & 255)]
                ^ tables[256 + Int(word >> 48 & 255)] ^ tables[Int(word >> 56)]
            offset += 8
        }
        while offset < bytes.count {
            register = tables[Int((register ^ UInt64(bytes[offset])) & 255)] ^ (register >> 8)
            offset += 1
        }
        return register
    }
}

/// The polynomials: CRC-32 (ISO-HDLC), CRC-32C (Castagnoli), CRC-64/NVME.
package enum CRCVariant: Sendable {
    case crc32, crc32c, crc64nvme

    var byteCount: Int { self == .crc64nvme ? 8 : 4 }
    fileprivate var mask: UInt64 { self == .crc64nvme ? .max : 0xFFFF_FFFF }

    var reflectedPolynomial: UInt64 {
        switch self {
        case .crc32: 0xEDB8_8320
        case .crc32c: 0x82F6_3B78
        case .crc64nvme: 0x9A6C_9329_AC4B_C9B5
        }
    }

    fileprivate var tables: [UInt64] {
        switch self {
        case .crc32: Tables.crc32
        case .crc32c: Tables.crc32c
        case .crc64nvme: Tables.crc64nvme
        }
    }

    fileprivate var folding: CRCFolding? {
        switch self {
        case .crc32: Foldings.crc32
        case .crc32c: Foldings.crc32c
        case .crc64nvme: Foldings.crc64nvme
        }
    }

    private enum Foldings {
        static let crc32 = CRCFolding(.crc32)
        static let crc32c = CRCFolding(.crc32c)
        static let crc64nvme = CRCFolding(.crc64nvme)
    }

    private enum Tables {
        static let crc32 = make(CRCVariant.crc32.reflectedPolynomial)
        static let crc32c = make(CRCVariant.crc32c.reflectedPolynomial)
        static let crc64nvme = make(CRCVariant.crc64nvme.reflectedPolynomial)

        /// Eight consecutive tables of 256 entries; table `n` advances a byte over `n` further zero bytes.
        private static func make(_ polynomial: UInt64) -> [UInt64] {
            var tables = [UInt64](repeating: 0, count: 8 * 256)
            for byte in 0..<256 {
                tables[byte] = (0..<8).reduce(UInt64(byte)) { value, _ in
                    value & 1 == 1 ? value >> 1 ^ polynomial : value >> 1
                }
            }
            for index in 256..<tables.count {
                let previous = tables[index - 256]
                tables[index] = tables[Int(previous & 255)] ^ previous >> 8
            }
            return tables
        }
    }
}
