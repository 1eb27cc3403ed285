/// A code column and a possible label column; whether every code has one text is checked in all rows.
struct LabelPair {
    let code: Int
    let label: Int
    /// The hash of the text of each code, by the hash of the code; nil if no text was found yet.
    private var texts: [Int: Int?] = [:]
    private var firstText: Int?
    private var hasTwoTexts = false
    private var isHeld = true
    private var isCodeEverywhere = true

    /// The maximum number of distinct codes; a column with more is not tracked any further.
    private static let codeCount = 10_000
    /// The maximum number of pairs in a table.
    private static let pairCount = 32

    init(code: Int, label: Int) {
        self.code = code
        self.label = label
    }

    /// Returns the possible pairs according to the columns' names: `unit` and `unit_name`, `unit_code` and `unit`,
    /// `func1 (code)` and `func1 (label)`.
    static func candidates(_ names: [String]) -> [LabelPair] {
        let names = names.map(ColumnName.init)
        let stems = names.map(\.stem)
        // Labels can belong to any column with the same stem; other texts only to a column named as a code.
        let labels = names.indices.filter { names[$0].isLabel }
        let texts = names.indices.filter { names[$0].isLabel || !names[$0].isCode && !names[$0].words.isEmpty }
        let labelsByStem = Dictionary(grouping: labels) { stems[$0] }
        let textsByStem = Dictionary(grouping: texts) { stems[$0] }
        var pairs: [LabelPair] = []
        for code in names.indices where !names[code].isLabel && !names[code].words.isEmpty {
            let candidates = names[code].isCode ? textsByStem[stems[code]] : labelsByStem[stems[code]]
            for label in candidates ?? [] where label != code {
                if pairs.count == pairCount { return pairs }
                pairs.append(LabelPair(code: code, label: label))
            }
        }
        return pairs
    }

    mutating func take(_ row: CSVRow) {
        guard isHeld else { return }
        guard code < row.count, !row[code].isEmpty else {
            isCodeEverywhere = false
            return
        }
        let key = Self.hash(row[code])
        guard label < row.count, !row[label].isEmpty else {
            if texts[key] == nil { texts[key] = .some(nil) }
            return forgetIfTooMany()
        }
        let text = Self.hash(row[label])
        if let known = texts[key] ?? nil, known != text { return forget() }
        texts[key] = text
        if let firstText, firstText != text { hasTwoTexts = true }
        firstText = firstText ?? text
        forgetIfTooMany()
    }

    private mutating func forgetIfTooMany() { if texts.count > Self.codeCount { forget() } }

    private mutating func forget() {
        isHeld = false
        texts = [:]
    }

    private static func hash(_ cell: Cell) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: UnsafeRawBufferPointer(cell))
        return hasher.finalize()
    }

    /// Whether every code has one text, and the texts are not all the same.
    var isLabel: Bool { isHeld && hasTwoTexts }

    /// Whether every one of so many rows has a code, and no two have the same.
    func isKey(rowCount: Int) -> Bool { isHeld && isCodeEverywhere && texts.count == rowCount }
}
