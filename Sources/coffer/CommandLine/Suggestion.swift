/// The suggestion of a known word for an unknown one.
enum Suggestion {
    /// Returns a text such as `; did you mean 'ls'?`.
    ///
    /// - Parameter others: the text to use if no word is close.
    static func text(for word: String, among words: [String], else others: String = "") -> String {
        if let near = near(word, among: words) { return "; did you mean '\(near)'?" }
        return others.isEmpty ? "" : "; \(others)"
    }

    /// Returns the closest word, or the first of those that are equally close. A third of the letters may be wrong, and
    /// always one, but not all; a word may also be cut short.
    private static func near(_ word: String, among words: [String]) -> String? {
        let letters = Array(word.lowercased().prefix(64))  // No known word is that long.
        let limit = min(max(1, letters.count / 3), letters.count { $0 != "-" } - 1)
        let distances = words.map { (word: $0, distance: distance(letters, Array($0))) }
        if let nearest = distances.min(by: { $0.distance < $1.distance }), nearest.distance <= limit {
            return nearest.word
        }
        return words.first { letters.count > 2 && $0.hasPrefix(word) }
    }

    /// Returns how many letters must be inserted, left out, replaced, or swapped with their neighbour.
    ///
    /// Source: the optimal string alignment distance.
    private static func distance(_ word: [Character], _ other: [Character]) -> Int {
        var rows = [Array(0...other.count)]
        for row in word.indices {
            var next = [row + 1]
            for column in other.indices {
                let isSame = word[row] == other[column]
                var least = min(next[column] + 1, rows[row][column + 1] + 1, rows[row][column] + (isSame ? 0 : 1))
                if row > 0, column > 0, word[row] == other[column - 1], word[row - 1] == other[column] {
                    least = min(least, rows[row - 1][column - 1] + 1)
                }
                next.append(least)
            }
            rows.append(next)
        }
        return rows[word.count][other.count]
    }
}
