/// The common properties of a column's cells, from which its type is guessed.
struct ColumnProfile {
    let name: String
    private var candidates = TypeCandidate.all
    private(set) var count = 0
    private var isYears = true
    private var hasLeadingZero = false
    /// The maximum number of digits before the decimal character.
    private var digitCount = 0
    /// The affixes of the numbers, such as a currency.
    private var affixes: Set<String> = []
    private var hasOddNegative = false
    private var hasSpaces = false
    /// Whether all cells are dates, in any format.
    private var isDates = true
    /// Cells that mark a missing value, such as a dash.
    private(set) var markers: Set<String> = []
    private var groups = GroupEvidence.none
    /// The number of cells that do not look like numbers, counted only while they are few; `firstOdd` is the first of
    /// them.
    private var oddCount = 0
    private var firstOdd = ""

    /// The maximum number of wrong cells in a column that is otherwise numeric.
    private static let fewOddCells = 20

    init(name: String) { self.name = name }

    mutating func take(_ cell: Cell) {
        guard !cell.isEmpty else { return }
        if cell.count <= Self.longestMarker, Self.markers.contains(cell) {
            markers.insert(String(decoding: cell, as: UTF8.self))
            return
        }
        count += 1
        if oddCount <= Self.fewOddCells, !Self.looksLikeNumber(cell) {
            oddCount += 1
            if oddCount == 1 { firstOdd = String(decoding: cell.prefix(40), as: UTF8.self) }
        }
        if isDates { isDates = TypeCandidate.dates.contains { $0.accepts(cell, cell[...]) } }
        guard candidates.first?.type.isNumeric == true else {
            return candidates.removeAll { !$0.accepts(cell, cell[...]) }
        }
        let number = NumberText(cell)
        if Self.isDigits(number.core) {
            // Digits match every numeric type, and no other remaining candidate.
            if candidates.last?.type.isNumeric == false { candidates.removeAll { !$0.type.isNumeric } }
        } else {
            candidates.removeAll { !$0.accepts(cell, number.core) }
        }
        if isYears { isYears = Self.isYear(cell) }
        let unsigned = number.core.first == UInt8(ascii: "-") ? number.core.dropFirst() : number.core
        digitCount = max(digitCount, unsigned.prefix { $0 &- 48 < 10 }.count)
        if number.core.first == UInt8(ascii: "0"), let second = number.core.dropFirst().first, second &- 48 < 10 {
            hasLeadingZero = true
        }
        if let affix = number.affix, affixes.count < 2 { affixes.insert(affix) }
        hasOddNegative = hasOddNegative || number.isOddNegative
        hasSpaces = hasSpaces || number.hasSpaces
        groups.take(number.core)
    }

    private static func looksLikeNumber(_ cell: Cell) -> Bool {
        let number = NumberText(cell).core
        return number.contains { $0 &- 48 < 10 } && number.allSatisfy { $0 &- 48 < 10 || "+-., '".utf8.contains($0) }
    }

    /// Texts that people and spreadsheets write where there is no number or date.
    private static let markerTexts = [
        "-", "--", "---", "–", "—", ".", "..", "...", "…", ":", "*", "?", "NA", "N/A", "n/a", "na", "n.a.", "N.A.",
        "n.a",
        "#N/A", "#NA", "#DIV/0!", "#REF!", "#VALUE!", "#NUM!", "#NULL!", "#NAME?", "nd", "ND", "n/d", "N/D", "n.d.",
        "N.D.",
        "s/d", "S/D", "sd", "S.D.", "k.A.", "k. A.", "nil", "Nil", "NIL", "null", "NULL", "Null", "none", "None",
        "NONE",
        "nan", "NaN", "NAN", "missing", "not available", "Not available", "not applicable", "Not applicable", "x", "X",
    ]
    private static let markers = TextSet(markerTexts.map { Array($0.utf8) })
    private static let longestMarker = 16

    /// The texts that mean a missing value; empty in a text column.
    var missingValues: Set<String> { guess.type == .string ? [] : markers }

    private static func isDigits(_ text: Slice<Cell>) -> Bool {
        let digits = text.first == UInt8(ascii: "-") ? text.dropFirst() : text
        return !digits.isEmpty && digits.allSatisfy { $0 &- 48 < 10 }
    }

    /// Whether a cell is a year from 1900 to 2100, in four digits.
    private static func isYear(_ cell: Cell) -> Bool {
        guard cell.count == 4, let year = TextScanner.year(cell) else { return false }
        return (1900...2100).contains(year)
    }

    /// The first candidate that fits every cell. Columns with leading zeros or the name of a code are text.
    ///
    /// A column is one of years if its cells are, unless its name suggests an amount.
    var guess: Guess {
        guard count > 0, let candidate = candidates.first, !isAmbiguousDate else { return Guess(type: .string) }
        guard candidate.type.isNumeric else { return Guess(type: candidate.type, format: candidate.format) }
        let name = ColumnName(name)
        if candidate.type == .integer, isYears, !hasSpaces, !name.isAmount { return Guess(type: .year) }
        if hasLeadingZero || name.isTextCode || hasOddNegative || affixes.count > 1 { return Guess(type: .string) }
        var format = candidate.numberFormat
        format.isBare = affixes.isEmpty
        // Months have two digits and degrees three; the amounts of "Day care" have more.
        let isCount = name.isCount || name.isTime && digitCount <= 2 || name.isPlace && digitCount <= 3
        return Guess(type: candidate.type, numberFormat: format, isCount: isCount || affixes == ["%"])
    }

    /// Whether the day and the month can be confused in all cells.
    private var isAmbiguousDate: Bool { count > 0 && candidates.count { $0.type == .date } > 1 }

    /// A note on the column for the editor of the draft; nil for none.
    var note: String? {
        guard count > 0 else { return nil }
        guard let candidate = candidates.first else {
            if isDates { return "treated as text: its dates have several formats; use only one" }
            guard (1...Self.fewOddCells).contains(oddCount), oddCount * 10 <= count else { return nil }
            return
                "treated as text: \(oddCount) of its \(count) cells \(oddCount == 1 ? "is not a number" : "are not numbers"), "
                + "the first is \(quoted(firstOdd)); if it means a missing value, leave the cell empty"
        }
        if isAmbiguousDate {
            return "treated as text: its dates may begin with the day or the month; set the right format"
        }
        guard candidate.type.isNumeric, !hasLeadingZero, !ColumnName(name).isTextCode else { return nil }
        if hasOddNegative {
            return "treated as text: other readers do not accept numbers like (1.50), 1.50- or -$1.50; write -1.50"
        }
        if affixes.count > 1 { return "treated as text: it contains several currencies" }
        guard groups == .ambiguous else { return nil }
        return candidate.numberFormat.group.isEmpty
            ? "treated as decimals, but all have three digits after the point: if it separates thousands, set groupChar"
            : "treated as thousands, since three digits follow every comma: if it is the decimal one, set decimalChar"
    }

    /// Further remarks on the column, one sentence each.
    var remarks: [String] {
        var remarks: [String] = []
        if !missingValues.isEmpty {
            let texts = missingValues.sorted().map(quoted).joined(separator: ", ")
            let verb = missingValues.count == 1 ? "is" : "are"
            remarks.append("\(texts) \(verb) treated as missing, and declared in missingValues")
        }
        if hasSpaces, guess.type.isNumeric {
            remarks.append(
                "there are spaces around its numbers, which some readers therefore read as text: remove them")
        }
        return remarks
    }

    struct Guess {
        var type: FieldType
        var numberFormat = NumberFormat()
        /// The format of dates; nil for ISO 8601.
        var format: String?
        /// Whether the numbers are not amounts of money, but counts, percentages, coordinates or days.
        var isCount = false

        var isAmount: Bool { type.isNumeric && !isCount }
        /// Whether the cells are dates or times.
        var isTime: Bool { [.year, .yearmonth, .date, .datetime, .time].contains(type) }
    }
}

/// Whether points and commas in numbers are ambiguous.
private enum GroupEvidence {
    /// No number contains one.
    case none
    /// Each one found has three digits after it and one to three before it.
    case ambiguous
    case clear

    mutating func take(_ number: Slice<Cell>) {
        guard self != .clear else { return }
        let parts = number.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
            .split(omittingEmptySubsequences: false) { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ",") }
        guard parts.count > 1 else { return }
        let isGroup = parts.count == 2 && (1...3).contains(parts[0].count) && parts[1].count == 3
        self = isGroup && parts[0].first != UInt8(ascii: "0") ? .ambiguous : .clear
    }
}
