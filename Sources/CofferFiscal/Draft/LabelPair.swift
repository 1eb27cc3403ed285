/// Two columns of which one may be the label of the other: whether every code has one text is seen in all rows.
struct LabelPair {
    let code: Int
    let label: Int
    /// The hash of every code, and that of its text; nil where it had none so far.
    private var texts: [Int: Int?] = [:]
    private var firstText: Int?
    private var hasTwoTexts = false
    private var isHeld = true
    private var isCodeEverywhere = true

    /// Most different codes; a column with more is not followed further.
    private static let codeCount = 10_000
    /// Most pairs of a table.
    private static let pairCount = 32

    init(code: Int, label: Int) {
        self.code = code
        self.label = label
    }

    /// What may be pairs by the names of the columns: `unit` and `unit_name`, `unit_code` and `unit`, `func1 (code)` and
    /// `func1 (label)`.
    static func candidates(_ names: [String]) -> [LabelPair] {
        let names = names.map(ColumnName.init)
        let stems = names.map(\.stem)
        // What may be a label of whatever has its stem, and what may be one of a code as well.
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

    /// Whether every code has one text, and not all have the same.
    var isLabel: Bool { isHeld && hasTwoTexts }

    /// Whether no two of so many rows have the same code, and each has one.
    func isKey(rowCount: Int) -> Bool { isHeld && isCodeEverywhere && texts.count == rowCount }
}
