/// What the cells of a column have in common, from which its type is guessed.
struct ColumnProfile {
    let name: String
    private var candidates = Candidate.all
    private(set) var count = 0
    private var isYears = true
    private var hasLeadingZero = false

    init(name: String) { self.name = name }

    mutating func take(_ cell: Cell) {
        guard !cell.isEmpty else { return }
        count += 1
        if cell.count > 1, cell[0] == UInt8(ascii: "0"), cell[1] &- 48 < 10 { hasLeadingZero = true }
        candidates.removeAll { !$0.accepts(cell) }
        if isYears { isYears = Self.isYear(cell) }
    }

    /// 1900 to 2100, in four digits.
    private static func isYear(_ cell: Cell) -> Bool {
        guard cell.count == 4, let year = TextScanner.year(cell) else { return false }
        return (1900...2100).contains(year)
    }

    /// The first candidate that every cell fits. Codes are text: what begins with a zero, or is called a code.
    var guess: Guess {
        guard count > 0, let candidate = candidates.first else { return Guess(type: .string) }
        switch candidate.type {
        case .integer where isYears: return Guess(type: .integer, isYear: true)
        case .integer where hasLeadingZero || isCode, .number where hasLeadingZero || isCode:
            return Guess(type: .string)
        case .integer, .number: return Guess(type: candidate.type, numberFormat: candidate.numberFormat)
        default: return Guess(type: candidate.type)
        }
    }

    private var isCode: Bool {
        let words = name.lowercased().split { !$0.isLetter && !$0.isNumber }
        let codes: Set = ["code", "codes", "id", "no", "nr", "number", "key"]
        let classifications = ["func", "cofog", "admin", "econ"]
        return words.contains { codes.contains(String($0)) }
            || classifications.contains { words.first?.hasPrefix($0) == true }
    }

    struct Guess {
        var type: FieldType
        var numberFormat = NumberFormat()
        /// Whether the cells are years, which are no amounts.
        var isYear = false

        var isAmount: Bool { type.isNumeric && !isYear }
    }
}

/// A type that a column may have.
private struct Candidate: Sendable {
    let type: FieldType
    var numberFormat = NumberFormat()
    let reader: CellReader

    func accepts(_ cell: Cell) -> Bool {
        guard reader.read(cell) != nil else { return false }
        return numberFormat.group.isEmpty || isGrouped(cell)
    }

    /// Whether there are three digits after every group character, so that `1,5` is no fifteen.
    private func isGrouped(_ cell: Cell) -> Bool {
        let decimal = numberFormat.decimal[0]
        let whole = cell.prefix { $0 != decimal }
        let groups = whole.split(separator: numberFormat.group[0], omittingEmptySubsequences: false)
        return groups.dropFirst().allSatisfy { $0.count == 3 }
    }

    /// Plain forms come first: what can be read in the usual way is.
    static let all: [Candidate] =
        [
            Candidate(type: .integer, reader: CellReader(form: .integer(NumberFormat()))),
            Candidate(type: .number, reader: CellReader(form: .number(NumberFormat()))),
        ]
        + [(".", ","), (",", "."), (",", " "), (",", "")].map { decimal, group in
            let format = NumberFormat(decimal: Array(decimal.utf8), group: Array(group.utf8))
            return Candidate(type: .number, numberFormat: format, reader: CellReader(form: .number(format)))
        } + [
            Candidate(type: .date, reader: CellReader(form: .date(.iso))),
            Candidate(type: .datetime, reader: CellReader(form: .dateTime(.iso))),
            Candidate(
                type: .boolean,
                reader: CellReader(
                    form: .boolean(
                        isTrue: TextSet(["true", "True", "TRUE"].map { Array($0.utf8) }),
                        isFalse: TextSet(["false", "False", "FALSE"].map { Array($0.utf8) })))),
        ]
}
