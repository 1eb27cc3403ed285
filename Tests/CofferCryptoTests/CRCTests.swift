import CofferCrypto
import Testing

struct CRCTests {
    /// The check values of the catalogue of parametrised CRC algorithms, of the nine ASCII digits "123456789".
    @Test(arguments: [
        (CRCVariant.crc32, "cbf43926"), (.crc32c, "e3069283"), (.crc64nvme, "ae8b14860a799888"),
    ])
    func `The check of the digits 1 to 9 is the published one`(variant: CRCVariant, check: String) {
        #expect(hex(crc(variant, Array("123456789".utf8))) == check)
    }

    @Test(arguments: [
        (CRCVariant.crc32, "00000000"), (.crc32c, "00000000"), (.crc64nvme, "0000000000000000"),
    ])
    func `The check of no bytes is zero`(variant: CRCVariant, check: String) {
        #expect(hex(crc(variant, [])) == check)
    }

    /// RFC 3720 section B.4.
    @Test(arguments: [
        ([UInt8](repeating: 0, count: 32), "8a9136aa"), ([UInt8](repeating: 255, count: 32), "62a8ab43"),
        (Array(0..<32), "46dd794e"), (Array((0..<32).reversed()), "113fdb5c"),
    ])
    func `CRC-32C agrees with the examples of RFC 3720`(bytes: [UInt8], check: String) {
        #expect(hex(crc(.crc32c, bytes)) == check)
    }

    @Test func `CRC-32C of the body of AWS's chunked upload example is its header's value`() {
        #expect(base64(crc(.crc32c, [UInt8](repeating: UInt8(ascii: "a"), count: 66_560))) == "sOO8/Q==")
    }

    @Test(arguments: [CRCVariant.crc32, .crc32c, .crc64nvme])
    func `Every length from 0 to 600 agrees with a check computed bit by bit`(variant: CRCVariant) {
        for length in 0...600 {
            let bytes = Self.pattern(length)
            #expect(crc(variant, bytes) == Self.bitwise(variant, bytes), "length \(length)")
        }
    }

    @Test(arguments: [CRCVariant.crc32, .crc32c, .crc64nvme], [1, 2, 3, 7, 8, 9, 15, 16, 17, 100])
    func `A body in pieces has the check of the whole`(variant: CRCVariant, pieceLength: Int) {
        let bytes = Self.pattern(1000)
        var running = CRC(variant)
        for start in stride(from: 0, to: bytes.count, by: pieceLength) {
            running.update(Array(bytes[start..<min(start + pieceLength, bytes.count)]).span)
        }
        #expect(running.finalize() == crc(variant, bytes))
    }

    @Test(arguments: [CRCVariant.crc32, .crc32c, .crc64nvme])
    func `A flipped bit anywhere changes the check`(variant: CRCVariant) {
        let bytes = Self.pattern(24)
        let check = crc(variant, bytes)
        for bit in 0..<(bytes.count * 8) {
            var changed = bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(crc(variant, changed) != check, "bit \(bit)")
        }
    }

    private func crc(_ variant: CRCVariant, _ bytes: [UInt8]) -> [UInt8] {
        var running = CRC(variant)
        running.update(bytes.span)
        return running.finalize()
    }

    private static func pattern(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 13) }
    }

    /// The definition itself: one bit after another, without tables.
    private static func bitwise(_ variant: CRCVariant, _ bytes: [UInt8]) -> [UInt8] {
        let (polynomial, width): (UInt64, Int) =
            switch variant {
            case .crc32: (0xEDB8_8320, 4)
            case .crc32c: (0x82F6_3B78, 4)
            case .crc64nvme: (0x9A6C_9329_AC4B_C9B5, 8)
            }
        let ones = UInt64.max >> UInt64(64 - width * 8)
        var register = ones
        for byte in bytes {
            register ^= UInt64(byte)
            for _ in 0..<8 { register = register & 1 == 1 ? register >> 1 ^ polynomial : register >> 1 }
        }
        register ^= ones
        return (0..<width).map { UInt8(truncatingIfNeeded: register >> UInt64((width - 1 - $0) * 8)) }
    }
}
