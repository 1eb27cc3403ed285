import CofferCrypto
import Testing

struct CRCCombineTests {
    @Test(arguments: [CRCVariant.crc32, .crc32c, .crc64nvme])
    func `The checks of two halves make the check of the whole, wherever it is split`(variant: CRCVariant) {
        var random = SystemRandomNumberGenerator()
        let bytes = (0..<5000).map { _ in UInt8.random(in: 0...255, using: &random) }
        let splits = [0, 1, bytes.count - 1, bytes.count] + (0..<50).map { _ in Int.random(in: 0...bytes.count) }
        for split in splits {
            let combined = CRC.combine(
                Self.crc(variant, bytes.prefix(split)), Self.crc(variant, bytes.dropFirst(split)),
                rightByteCount: Int64(bytes.count - split), variant)
            #expect(combined == Self.crc(variant, bytes[...]), "split at \(split)")
        }
    }

    @Test(arguments: [CRCVariant.crc32, .crc32c, .crc64nvme])
    func `An empty right part leaves the left check, an empty left part leaves the right one`(variant: CRCVariant) {
        let (check, none) = (Self.crc(variant, Array("123456789".utf8)[...]), Self.crc(variant, []))
        #expect(CRC.combine(check, none, rightByteCount: 0, variant) == check)
        #expect(CRC.combine(none, check, rightByteCount: 9, variant) == check)
        #expect(CRC.combine(none, none, rightByteCount: 0, variant) == none)
    }

    /// The length is counted in 64 bits: 2⁴⁰ zero bytes are doubled up from one.
    @Test(arguments: [CRCVariant.crc32, .crc32c, .crc64nvme])
    func `A part longer than four gigabytes combines as its own halves do`(variant: CRCVariant) {
        var (zeros, count) = (Self.crc(variant, [0]), Int64(1))
        while count < 1 << 40 {
            zeros = CRC.combine(zeros, zeros, rightByteCount: count, variant)
            count *= 2
        }
        let text = Self.crc(variant, Array("text".utf8)[...])
        let atOnce = CRC.combine(text, zeros, rightByteCount: count, variant)
        var (half, left) = (Self.crc(variant, [0]), text)
        var halfCount = Int64(1)
        while halfCount < count / 2 {
            half = CRC.combine(half, half, rightByteCount: halfCount, variant)
            halfCount *= 2
        }
        for _ in 0..<2 { left = CRC.combine(left, half, rightByteCount: halfCount, variant) }
        #expect(atOnce == left)
    }

    private static func crc(_ variant: CRCVariant, _ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var running = CRC(variant)
        running.update(Array(bytes).span)
        return running.finalize()
    }
}
