/// The word that somebody meant who wrote another.
enum Suggestion {
    /// `; did you mean 'ls'?`
    ///
    /// - Parameter others: what is said where no word is near.
    static func text(for word: String, among words: [String], else others: String = "") -> String {
        if let near = near(word, among: words) { return "; did you mean '\(near)'?" }
        return others.isEmpty ? "" : "; \(others)"
    }

    /// The nearest word, of equals the first. A third of the letters may be wrong, and one always, but not all; and a word
    /// may break off.
    private static func near(_ word: String, among words: [String]) -> String? {
        let letters = Array(word.lowercased().prefix(64))  // No word is as long.
        let limit = min(max(1, letters.count / 3), letters.count { $0 != "-" } - 1)
        let distances = words.map { (word: $0, distance: distance(letters, Array($0))) }
        if let nearest = distances.min(by: { $0.distance < $1.distance }), nearest.distance <= limit {
            return nearest.word
        }
        return words.first { letters.count > 2 && $0.hasPrefix(word) }
    }

    /// How many letters must be inserted, left out, replaced, or swapped with their neighbour.
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
