/// Accents and other marks that combine with the letter before them.
///
/// Swift compares and hashes strings by canonical equivalence, which sorts each run of marks in quadratic time: one
/// comparison of 32 KB of marks takes 60 ms, of 1 MB a minute. Text from outside must therefore not contain long runs.
package enum CombiningMarks {
    /// The longest run in a name: as many marks as fit into the longest key, which has 1,024 bytes.
    package static let nameLimit = Limits.keyByteCount / 2
    /// The longest run in the texts of a document; Unicode's Stream-Safe Text Format (UAX #15 section 13) allows 30.
    package static let textLimit = 64

    /// Whether a text contains a run that is longer than a limit.
    package static func exceed(_ limit: Int, in text: String) -> Bool {
        // A mark has at least two bytes, none of which is ASCII.
        guard text.utf8.count > 2 * limit, text.utf8.contains(where: { $0 >= 0x80 }) else { return false }
        var count = 0
        for scalar in text.unicodeScalars {
            count = isMark(scalar) ? count + 1 : 0
            if count > limit { return true }
        }
        return false
    }

    /// Returns a text with each run of marks cut to a limit.
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

    /// One bit for each scalar of the Basic Multilingual Plane: querying Unicode's tables takes ten times as long.
    private static let basicPlane: [UInt64] = (0..<0x10000 >> 6).map { word in
        (0..<64).reduce(UInt64(0)) { bits, bit in
            let scalar = Unicode.Scalar(UInt32(word << 6 | bit))
            return scalar.map(isReordered) == true ? bits | 1 << UInt64(bit) : bits
        }
    }
}
