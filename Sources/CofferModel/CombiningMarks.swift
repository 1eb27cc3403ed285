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
        // A mark has at least two bytes.
        guard text.utf8.count > 2 * limit else { return false }
        var count = 0
        for scalar in text.unicodeScalars {
            let isMark = scalar.value >= 0x300 && scalar.properties.canonicalCombiningClass != .notReordered
            count = isMark ? count + 1 : 0
            if count > limit { return true }
        }
        return false
    }
}
