/// A possible type of a column.
struct TypeCandidate: Sendable {
    let type: FieldType
    var numberFormat = NumberFormat()
    /// The format of dates; nil for ISO 8601.
    var format: String?
    private let reader: CellReader

    /// - Parameter number: the cell without the affixes of numbers.
    func accepts(_ cell: Cell, _ number: Slice<Cell>) -> Bool {
        guard type.isNumeric else { return reader.read(cell) != nil }
        let number = Cell(rebasing: number)
        return reader.read(number) != nil && (numberFormat.group.isEmpty || isGrouped(number))
    }

    /// Whether the group characters split the digits before the decimal character into groups of three, with a possibly
    /// shorter first group, so that `1,5` is not 15, and `1.234,50` not 1.2345.
    private func isGrouped(_ number: Cell) -> Bool {
        let decimal = numberFormat.decimal[0]
        let whole = number.prefix { $0 != decimal }
        guard Self.firstRange(of: numberFormat.group, in: number[whole.endIndex...]) == nil else { return false }
        var rest = whole.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
        guard let first = Self.firstRange(of: numberFormat.group, in: rest) else { return true }
        // A leading zero is not a group: 0,250 is a quarter.
        let count = first.lowerBound - rest.startIndex
        guard (1...3).contains(count), rest.first != UInt8(ascii: "0") else { return false }
        while let place = Self.firstRange(of: numberFormat.group, in: rest) {
            rest = rest[place.upperBound...]
            guard rest.prefix(while: { $0 &- 48 < 10 }).count == 3 else { return false }
        }
        return rest.count == 3
    }

    private static func firstRange(of text: [UInt8], in slice: Slice<Cell>) -> Range<Int>? {
        slice.indices.first { slice[$0...].starts(with: text) }.map { $0..<$0 + text.count }
    }

    private init(_ type: FieldType, _ form: CellReader.Form) {
        self.type = type
        reader = CellReader(form: form)
    }

    private init(decimal: String, group: String) {
        let format = NumberFormat(decimal: Array(decimal.utf8), group: Array(group.utf8))
        self.init(.number, .number(format))
        numberFormat = format
    }

    private init?(_ type: FieldType, pattern: String) {
        guard let format = DatePattern(pattern).map(CellReader.DateFormat.pattern) else { return nil }
        self.init(type, type == .date ? .date(format) : type == .time ? .time(format) : .dateTime(format))
        self.format = pattern
    }

    /// All candidates; plain forms come first, so that they are preferred.
    static let all: [TypeCandidate] = numbers + dates + times + [boolean]

    private static let numbers: [TypeCandidate] =
        [TypeCandidate(.integer, .integer(NumberFormat())), TypeCandidate(.number, .number(NumberFormat()))]
        + [
            (".", ","), (",", "."), (",", " "), (",", "\u{A0}"), (",", "\u{202F}"), (".", " "), (".", "\u{A0}"),
            (".", "'"), (".", "’"), (",", ""),
        ].map { TypeCandidate(decimal: $0, group: $1) }

    static let dates: [TypeCandidate] =
        [TypeCandidate(.date, .date(.iso)), TypeCandidate(.datetime, .dateTime(.iso))]
        + ["%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d"]
        .compactMap { TypeCandidate(.date, pattern: $0) }
        + ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"].compactMap { TypeCandidate(.datetime, pattern: $0) }

    private static let times: [TypeCandidate] =
        [TypeCandidate(.yearmonth, .yearMonth), TypeCandidate(.time, .time(.iso))]
        + [TypeCandidate(.time, pattern: "%H:%M")].compactMap { $0 }

    private static let boolean = TypeCandidate(
        .boolean,
        .boolean(
            isTrue: TextSet(["true", "True", "TRUE"].map { Array($0.utf8) }),
            isFalse: TextSet(["false", "False", "FALSE"].map { Array($0.utf8) })))
}
