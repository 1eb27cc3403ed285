/// Accents and other marks that join the letter before them.
///
/// Swift compares and hashes texts by canonical equivalence and for that sorts each run of marks in the square of its
/// length: one comparison of 32 KB of them takes 60 ms, of 1 MB a minute. So no text from outside may have long runs.
package enum CombiningMarks {
    /// Longest run in what names something: as many as the longest key can hold, which is 1,024 bytes.
    package static let nameLimit = Limits.keyByteCount / 2
    /// Longest run in the texts of a document; Unicode's Stream-Safe Text Format (UAX #15 section 13) has 30.
    package static let textLimit = 64

    /// Whether a text has a run longer than a limit.
    package static func exceed(_ limit: Int, in text: some StringProtocol) -> Bool {
        // A mark has at least two bytes, and none of them is ASCII.
        guard text.utf8.count > 2 * limit, text.utf8.contains(where: { $0 >= 0x80 }) else { return false }
        var count = 0
        for scalar in text.unicodeScalars {
            count = isMark(scalar) ? count + 1 : 0
            if count > limit { return true }
        }
        return false
    }

    /// A text without the marks of a run that are more than a limit.
    package static func cut(_ text: String, to limit: Int) -> String {
        guard exceed(limit, in: text) else { return text }
        var (rest, count) = ("", 0)
        for scalar in text.unicodeScalars {
            count = isMark(scalar) ? count + 1 : 0
            if count <= limit { rest.unicodeScalars.append(scalar) }
        }
        return rest
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.value >= 0x300 else { return false }
        guard scalar.value < 0x10000 else { return isReordered(scalar) }
        return basicPlane[Int(scalar.value >> 6)] >> UInt64(scalar.value & 63) & 1 == 1
    }

    private static func isReordered(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.canonicalCombiningClass != .notReordered
    }

    /// A bit for each scalar of the Basic Multilingual Plane: to ask Unicode's tables takes ten times as long.
    private static let basicPlane: [UInt64] = (0..<0x10000 >> 6).map { word in
        (0..<64).reduce(UInt64(0)) { bits, bit in
            let scalar = Unicode.Scalar(UInt32(word << 6 | bit))
            return scalar.map(isReordered) == true ? bits | 1 << UInt64(bit) : bits
        }
    }
}
